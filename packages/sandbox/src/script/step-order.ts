import type { z } from 'zod';

/** A step as this rule sees it: which kind it is. */
type StepKind = Readonly<Record<string, unknown>>;

const ENDINGS = ['response', 'error', 'outcome', 'gated'];
const BREAKS = ['stall', 'cut', 'reset', 'end'];
/** What can still come when the answer is out. */
const AFTER_RESPONSE = ['wait', 'metrics', 'oversize', 'outcome', ...BREAKS];

/** A scenario that could not come to an end, or has steps that nobody would ever see, is a mistake of its writer. */
export function checkOrder({ value: steps, issues }: z.core.ParsePayload<StepKind[]>): void {
	const report = (path: (string | number)[], message: string) =>
		issues.push({ code: 'custom', input: steps, path, message });
	let ended: string | undefined;
	let metrics = 0;
	for (const [index, step] of steps.entries()) {
		const [kind = ''] = Object.keys(step);
		if (kind === 'metrics' && ++metrics > 1) {
			report([index], 'The metrics of a turn are given once: put them into one step.');
		} else if (ended !== undefined && kind !== 'metrics') {
			const possible = ended === 'response' ? AFTER_RESPONSE : [];
			if (!possible.includes(kind)) {
				report([index], `"${kind}" comes after "${ended}", which ends the turn: move it up.`);
			}
		}
		if (ENDINGS.includes(kind)) ended = kind;
	}
	const last = steps.at(-1);
	if (ended === undefined && !BREAKS.some(kind => last && kind in last)) {
		report(
			[steps.length - 1],
			`These steps never end the turn: add ${ENDINGS.join(', ')} or one of ${BREAKS.join(', ')}.`,
		);
	}
}
