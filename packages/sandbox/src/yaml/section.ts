import { closest, distance } from 'fastest-levenshtein';
import { z } from 'zod';

/** Markdown files and folders, relative to the file that names them. */
export const LibraryPaths = z.array(z.string().min(1)).min(1).max(100);

/** A mapping that has these keys and no others; of an unknown one the nearest known name is suggested. */
export function section<Shape extends z.ZodRawShape>(shape: Shape) {
	const known = Object.keys(shape);
	return z.strictObject(shape, {
		error: issue => {
			if (issue.code !== 'unrecognized_keys') return undefined;
			return unknownName(issue.keys[0] ?? '', known);
		},
	});
}

/** As `section`, but all keys are alternatives: exactly one has to be there. */
export function choice<Shape extends z.ZodRawShape>(shape: Shape, what: string) {
	return section(shape).check(({ value, issues }) => {
		const given = Object.keys(value);
		if (given.length === 1) return;
		const names = Object.keys(shape).join(', ');
		const found = given.length === 0 ? 'none is given' : `${given.join(' and ')} are given`;
		issues.push({
			code: 'custom',
			input: value,
			message: `${what} has exactly one of ${names}; here ${found}.`,
		});
	});
}

function unknownName(name: string, known: readonly string[]): string {
	const nearest = closest(name, [...known]);
	const likely = distance(name, nearest) <= Math.max(2, Math.floor(name.length / 3));
	return `"${name}" is not known here: ${likely ? `did you mean "${nearest}"?` : `known are ${known.join(', ')}.`}`;
}
