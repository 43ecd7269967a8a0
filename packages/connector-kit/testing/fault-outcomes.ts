/** What becomes of an invocation that meets a fault once: its answer, or an error in these words. */
const ANSWERED = /^You said: /;
export const FAULTS: readonly (readonly [name: string, value: unknown, outcome: RegExp])[] = [
	['delay', 50, ANSWERED],
	['slow-headers', 20, ANSWERED],
	['401', undefined, /key was refused/],
	['403', undefined, /not allowed/],
	['404', undefined, /does not exist/],
	['409', undefined, /incomplete or not understood/],
	['413', undefined, /incomplete or not understood/],
	['422', undefined, /incomplete or not understood/],
	['429', 1, ANSWERED],
	['429', 'huge', /too many requests/],
	['500', undefined, /could not complete/],
	['502', undefined, /could not complete/],
	['503', undefined, ANSWERED],
	['redirect', 'https://evil.example/', /redirect/],
	['html-page', undefined, /could not complete|incomplete or not understood/],
	['wrong-content-type', undefined, /incomplete or not understood/],
	['reset', 'before', /could not be reached/],
	['reset', 'after', /could not be reached/],
	['cut-body', undefined, /could not be reached|incomplete/],
	['stall', undefined, /did not finish in time/],
	['cut', undefined, /could not be reached|incomplete/],
	['oversize-event', undefined, /incomplete or not understood/],
	['timeout-outcome', undefined, /did not finish in time/],
	['error-event', undefined, /could not complete/],
	// A gate answers with nothing in the agent's place.
	['gated', undefined, /^$/],
	['no-terminal-event', undefined, /incomplete or not understood/],
];

/** Faults that every call can meet. */
export const FAULTS_OF_ANY_CALL: readonly { readonly name: string; readonly value?: unknown }[] = [
	{ name: '401' },
	{ name: '429', value: 'huge' },
	{ name: '500' },
	{ name: '503' },
	{ name: 'html-page' },
	{ name: 'reset', value: 'after' },
	{ name: 'cut-body', value: 5 },
];
/** What a call that meets one of them may say. */
export const ANSWERED_WITH =
	/key was refused|too many requests|could not complete|could not be reached|incomplete|does not exist/;
