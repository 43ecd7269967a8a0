import { z } from 'zod';

const MILLISECONDS = { ms: 1, s: 1_000, m: 60_000 } as const;
const BYTES = { '': 1, KiB: 2 ** 10, MiB: 2 ** 20 } as const;

const MAX_MILLISECONDS = 3_600_000;
/** Twice what a client takes in one stream. */
const MAX_BYTES = 2 ** 27;

/** `800ms`, `1.5s`, `2m`: as milliseconds. */
export const Duration = quantity(
	/^(\d{1,9}(?:\.\d{1,3})?) ?(ms|s|m)$/,
	MILLISECONDS,
	MAX_MILLISECONDS,
	'a time such as 800ms, 2.5s or 3m, one hour at most',
);

/** `2000`, `64KiB`, `2MiB`: as bytes. */
export const Size = quantity(
	/^(\d{1,9}) ?(KiB|MiB)?$/,
	BYTES,
	MAX_BYTES,
	'a size such as 2000, 64KiB or 2MiB, 128MiB at most',
);

function quantity(form: RegExp, units: Readonly<Record<string, number>>, max: number, example: string) {
	const complaint = `This has to be ${example}.`;
	return z.union([z.string(), z.number()], { error: complaint }).transform((written, context) => {
		const [, amount, unit = ''] = form.exec(String(written)) ?? [];
		const value = Number(amount) * (units[unit] ?? Number.NaN);
		if (value <= max) return Math.round(value);
		context.issues.push({ code: 'custom', input: written, message: complaint });
		return z.NEVER;
	});
}
