import type { z } from 'zod';

/**
 * Where a field of the wire comes from. The vendor publishes no OpenAPI document, so whoever reads a schema
 * here has to see what is a fact and what is this sandbox's choice.
 */
type Origin = 'documented' | 'inferred' | 'assumed';

function mark(origin: Origin) {
	return <T extends z.ZodType>(schema: T): T => schema.meta({ 'x-origin': origin });
}

/** Stated in the vendor's public documentation or seen in its official clients. */
export const documented = mark('documented');
/** Not stated, but follows from something documented. */
export const inferred = mark('inferred');
/** Nothing public says so. */
export const assumed = mark('assumed');
