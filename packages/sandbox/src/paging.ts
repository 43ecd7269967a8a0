import { z } from 'zod';
import { assumed, documented } from './wire-marks.ts';

/** `?page&limit`, the platform's general convention; which bounds it sets is not public. */
export const PageQuery = z.object({
	page: documented(z.coerce.number().int().min(1).max(1_000_000).default(1)),
	limit: documented(z.coerce.number().int().min(1).max(100).default(20)),
});

export const Pagination = z.object({
	page: documented(z.number()),
	limit: documented(z.number()),
	total: documented(z.number()),
	pages: assumed(z.number().describe('0 when there is nothing to show')),
});

export type PageQuery = z.infer<typeof PageQuery>;

export function pagination({ page, limit }: PageQuery, total: number): z.infer<typeof Pagination> {
	return { page, limit, total, pages: Math.ceil(total / limit) };
}
