import { z } from 'zod';
import { documented } from './wire-marks.ts';

/** The envelope of every JSON answer that went well. */
export function success<Shape extends z.ZodRawShape>(shape: Shape) {
	return z.object({ success: documented(z.literal(true)), ...shape });
}
