/** Takes secrets out of texts and errors. Everything that leaves this client passes through one of these. */
export interface Redactor {
	/** The text without secrets and without a server's stack frames. Ids of requests and traces stay. */
	text(text: string): string;
	/** A copy of a cause chain that holds only names, messages, codes and stacks, all of them redacted. */
	cause(cause: unknown): unknown;
}

const MARKER = '[redacted]';

/**
 * Makes a redactor that knows these secrets by value, and others by their shape.
 * @param secrets the caller's own, in printable ASCII: the API key, and a trigger's secret where one is used
 */
export function createRedactor(secrets: readonly string[]): Redactor {
	const known = secrets.flatMap(secret => [encodedForms(secret), base64Forms(secret)]);
	const withoutSecrets = (text: string) => {
		let clean = text;
		for (const pattern of known) clean = clean.replace(pattern, MARKER);
		return redactByShape(clean);
	};
	const textOnly = (text: string) => withoutSecrets(text.replace(STACK_FRAMES, ''));
	return { text: textOnly, cause: cause => copyCause(cause, textOnly, withoutSecrets, new Map(), 0) };
}

/**
 * Backslashes of text that was put into JSON again and again. Never `+`: a search that begins anew at each of a
 * million backslashes would run to their end each time. All patterns here are kept linear in that way.
 */
const ESCAPES = '\\\\{1,8}';

/* ------------------------------------------------------------------------------------------- by value */

/** A shorter secret is an ordinary word of some message: alone, without its prefix, it is left. */
const SHORTEST_SECRET = 8;

/** Everything up to the second underscore of `zhn_live_…` is public; what follows is the secret. */
const KEY_PREFIX = /^(?:zhn_[a-z]+_|whs(?:ec)?_)/;

/** Matches the secret in clear, percent-encoded, JSON-escaped and in hex, byte by byte, in any mixture. */
function encodedForms(secret: string): RegExp {
	const prefix = KEY_PREFIX.exec(secret)?.[0] ?? '';
	const hexOf = (text: string) => Array.from(text, char => char.charCodeAt(0).toString(16)).join('');
	const form = (text: string) =>
		Array.from(text, char => {
			const hex = hexOf(char);
			const clear = char.replace(/[^A-Za-z0-9]/, '\\$&');
			return `(?:${clear}|%${hex}|${ESCAPES}u00${hex}|${ESCAPES}x${hex}|&#x${hex};)`;
		}).join('');
	const body = secret.slice(prefix.length);
	const optional = body.length < SHORTEST_SECRET ? '' : '?';
	return new RegExp(
		`(?:${form(prefix)})${optional}${form(body)}|(?:${hexOf(prefix)})${optional}${hexOf(body)}`,
		'gi',
	);
}

/** Base64 of a text differs with its position in the whole: three alignments, both alphabets, no padding. */
function base64Forms(secret: string): RegExp {
	const forms = [0, 1, 2].map(shift => {
		const shifted = '\0'.repeat(shift) + secret;
		// The first and the last group mix with the neighbours' bits.
		const from = shift === 0 ? 0 : 4;
		const stable = btoa(shifted).slice(from, Math.floor(shifted.length / 3) * 4);
		return Array.from(stable, char => (char === '+' ? '[+-]' : char === '/' ? '[/_]' : char)).join('');
	});
	return new RegExp(`(?:${forms.join('|')})[A-Za-z0-9+/_=-]{0,4}`, 'g');
}

/* ------------------------------------------------------------------------------------------- by shape */

const UNDERSCORE = `(?:_|%5f|${ESCAPES}u005f)`;
const ZIHIN_KEY = new RegExp(`zhn${UNDERSCORE}(?:live|test|dev)${UNDERSCORE}[A-Za-z0-9_%-]+`, 'gi');
const WEBHOOK_SECRET = /whs_[A-Za-z0-9_-]{6,}|whsec_[A-Za-z0-9+/=_-]{6,}/gi;
/** Starts at a word's beginning only: otherwise `eyJeyJeyJ…` costs a scan to the end at every `eyJ`. */
const JWT = /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?/g;

const QUOTE = '\\\\{0,8}["\']';
const GAP = `(?:[\\s:=+<([]|%20|%3a|${ESCAPES}u0020|${QUOTE})+`;
const SCHEME = new RegExp(`((?:(?:bearer|basic)${GAP})+)([A-Za-z0-9._~+/=-]+)`, 'gi');

const HEADER_NAMES =
	'(?:proxy-)?authorization|(?:x-)?api-?key|(?:set-)?cookie|x-zone-token|x-zone-claims|(?:x-)?webhook-signature';
const FIELD_NAMES = `${HEADER_NAMES}|[a-z0-9_-]*(?:api[_-]?key|token|secret|signature|password|passwd)|(?:[a-z0-9_-]*[_-])?(?:key|sig)`;
/** `Authorization: …`, cookies and lists of signatures take the rest of the line, the others one word. */
const LONG_HEADER =
	/((?:proxy-)?authorization|(?:set-)?cookie|(?:x-)?webhook-signature)(\s*[:=]\s*)[^\r\n"'\\]+/gi;
const SHORT_HEADER = /((?:x-)?api-?key|x-zone-token|x-zone-claims)(\s*[:=]\s*)[^\s,;"'<>\\&]+/gi;
const ASSIGNED = new RegExp(`((?<![A-Za-z0-9_-])(?:${FIELD_NAMES})=)[^&\\s"'<>#\\\\;,]+`, 'gi');
const QUOTED_VALUE = '(?:[^"\'\\\\]|\\\\+[^"\'\\\\])*';
const QUOTED_FIELD = new RegExp(
	`(${QUOTE}(?:${FIELD_NAMES})${QUOTE}\\s*:\\s*(?:\\[\\s*)?${QUOTE})${QUOTED_VALUE}`,
	'gi',
);
const QUOTED_PAIR = new RegExp(`(${QUOTE}(?:${HEADER_NAMES})${QUOTE}\\s*,\\s*${QUOTE})${QUOTED_VALUE}`, 'gi');

function redactByShape(text: string): string {
	return text
		.replace(ZIHIN_KEY, MARKER)
		.replace(WEBHOOK_SECRET, MARKER)
		.replace(JWT, MARKER)
		.replace(SCHEME, (whole, scheme: string, token: string) =>
			looksLikeToken(token) ? scheme + MARKER : whole,
		)
		.replace(LONG_HEADER, `$1$2${MARKER}`)
		.replace(SHORT_HEADER, `$1$2${MARKER}`)
		.replace(ASSIGNED, `$1${MARKER}`)
		.replace(QUOTED_FIELD, `$1${MARKER}`)
		.replace(QUOTED_PAIR, `$1${MARKER}`);
}

/** "Missing Bearer token" is prose; what follows in `Bearer a1B2…` is not. */
function looksLikeToken(word: string): boolean {
	if (word.length >= 24) return true;
	return word.length >= 8 && /[0-9]|[a-z][A-Z]|=$/.test(word);
}

/* -------------------------------------------------------------------------------------------- stacks */

const NEW_LINE = `(?:(?:${ESCAPES}r)?${ESCAPES}n|\\r?\\n|\\r)(?:[ \\t]|${ESCAPES}t)*`;
/** V8 and Java, V8 on Windows, V8 without a place, Python, PHP and Go. Lengths are bounded to keep it linear. */
const FRAMES = [
	'at [^\\r\\n"\\\\]{1,400}?:\\d+(?::\\d+)?\\)?',
	'at [^\\r\\n"\\\\]{0,200}?[A-Za-z]:\\\\[^\\r\\n"]{1,400}?:\\d+(?::\\d+)?\\)?',
	'at async [A-Za-z.]{1,40} \\(index \\d+\\)',
	'File \\\\{0,8}"[^"\\r\\n]{1,400}", line \\d+(?:, in [^\\s"\\\\]+)?',
	'#\\d+ [^\\r\\n"\\\\]{1,400}?\\(\\d+\\):[^\\r\\n"\\\\]{0,400}',
	'[^\\s"\\\\:]{1,400}\\.go:\\d+(?: \\+0x[0-9a-f]+)?',
];
const STACK_FRAMES = new RegExp(`${NEW_LINE}(?:${FRAMES.join('|')})`, 'g');

/* -------------------------------------------------------------------------------------------- causes */

const DEEPEST_CAUSE = 8;
const MOST_ERRORS = 8;

function copyCause(
	cause: unknown,
	message: (text: string) => string,
	stack: (text: string) => string,
	seen: Map<object, unknown>,
	depth: number,
): unknown {
	if (typeof cause === 'string') return message(cause);
	if (typeof cause !== 'object' || cause === null) return typeof cause === 'symbol' ? undefined : cause;
	const before = seen.get(cause);
	if (before !== undefined) return before;
	if (depth === DEEPEST_CAUSE) return undefined;

	const text = readString(cause, 'message');
	const copy = new Error(text === undefined ? 'A value that is no error' : message(text));
	seen.set(cause, copy);
	copy.name = message(readString(cause, 'name') ?? 'Error');
	const ownStack = readString(cause, 'stack');
	copy.stack = ownStack === undefined ? `${copy.name}: ${copy.message}` : stack(ownStack);
	const code = readString(cause, 'code');
	if (code !== undefined) Object.assign(copy, { code: message(code) });
	const deeper = (value: unknown) => copyCause(value, message, stack, seen, depth + 1);
	const inner = deeper(read(cause, 'cause'));
	if (inner !== undefined) Object.defineProperty(copy, 'cause', { value: inner });
	const errors = read(cause, 'errors');
	if (Array.isArray(errors)) Object.assign(copy, { errors: errors.slice(0, MOST_ERRORS).map(deeper) });
	return copy;
}

/** A foreign error may have a getter that throws. */
function read(target: object, name: string): unknown {
	try {
		return Reflect.get(target, name);
	} catch {
		return undefined;
	}
}

function readString(target: object, name: string): string | undefined {
	const value = read(target, name);
	return typeof value === 'string' ? value : undefined;
}
