import { z } from 'zod';
import { WireError } from '../error-envelope.ts';

// From a header every value comes as text.
const Milliseconds = z.coerce.number().int().min(0).max(600_000);
const Count = z.coerce.number().int().min(0).max(1_000_000);
const Bytes = z.coerce
	.number()
	.int()
	.min(0)
	.max(2 ** 27);

/** Every fault that can be switched on: over HTTP, in a stream, in a callback. */
export const Fault = z.discriminatedUnion('name', [
	valued('delay', Milliseconds.default(1_000), 'Waits this many milliseconds, then handles the request.'),
	valued(
		'slow-headers',
		Milliseconds.default(1_000),
		'Does the work, then sends a line of the head every so many milliseconds.',
	),
	plain('401', 'Refuses the key.'),
	plain('403', "Refuses the key's role."),
	plain('404', 'Finds nothing.'),
	plain('409', 'Answers with a conflict.'),
	plain('413', 'Finds the body too large.'),
	plain('422', 'Cannot use what the body says.'),
	valued(
		'429',
		z
			.union([z.enum(['date', 'huge', 'garbage', 'absent']), z.coerce.number().int().min(0).max(1_000_000)])
			.default(1),
		'Too many requests; Retry-After in so many seconds, or as a `date`, `huge`, `garbage`, `absent`.',
	),
	plain('500', 'Fails inside.'),
	plain('502', 'Gets nothing usable from the model.'),
	plain('503', 'Is unavailable for the moment.'),
	valued('redirect', z.url({ protocol: /^https?$/ }), 'Sends the caller, with 307, to this URL.'),
	plain('html-page', "Answers with a proxy's error page in HTML."),
	plain('wrong-content-type', 'Does the work, then calls its answer text/plain.'),
	valued(
		'reset',
		z.enum(['before', 'after']).default('before'),
		'Reads the request and closes the connection: `before` the work, or `after` it, so that its answer is lost.',
	),
	valued(
		'cut-body',
		Bytes.optional(),
		'Does the work, then ends the body after so many bytes; half without.',
	),

	valued(
		'stall',
		Milliseconds.default(600_000),
		'Stops in the middle of the stream for this many milliseconds.',
	),
	valued('cut', Count.default(3), 'Closes the connection after so many events of the stream.'),
	valued('oversize-event', Bytes.default(2 ** 21), 'Sends one event of this many bytes.'),
	plain('timeout-outcome', 'Ends the turn with the outcome TIMEOUT.'),
	plain('error-event', 'Ends the turn with an error event.'),
	plain('gated', 'Answers without the model, as for a sender who is blocked.'),
	plain('no-terminal-event', 'Ends the stream after the response, without saying that it is over.'),

	plain('callback-duplicate', 'Sends the callback twice.'),
	valued('callback-late', Milliseconds.default(10_000), 'Sends the callback so many milliseconds later.'),
	plain('callback-early', 'Sends the callback before the dispatch is answered.'),
	plain('callback-forged', 'Sends the callback with a signature that does not fit.'),
	plain('callback-foreign', "Sends another execution's callback."),
	plain('callback-lost', 'Does not send the callback.'),
]);

export type Fault = z.infer<typeof Fault>;
export type FaultName = Fault['name'];
export type FaultOf<Name extends FaultName> = Extract<Fault, { name: Name }>;

/** What can be switched on, for people to read. */
export const FAULTS = Fault.options.map(option => ({
	name: option.shape.name.value,
	about: option.description ?? '',
}));

/** A fault as somebody asked for it; 400 says what is wrong, and an unknown name is told all names. */
export function faultFrom(name: string, value: unknown): Fault {
	if (!FAULTS.some(known => known.name === name)) {
		const names = FAULTS.map(known => known.name);
		throw new WireError(
			400,
			'UNKNOWN_FAULT',
			`There is no fault "${name.slice(0, 50)}": ${names.join(', ')}.`,
			{
				details: { names },
			},
		);
	}
	const result = Fault.safeParse({ name, ...(value !== undefined && { value }) });
	if (result.success) return result.data;
	const reason = result.error.issues[0]?.message ?? 'Invalid value';
	throw new WireError(400, 'VALIDATION_ERROR', `The fault ${name}: ${reason.slice(0, 200)}`);
}

function plain<const Name extends string>(name: Name, about: string) {
	return z.strictObject({ name: z.literal(name) }).describe(about);
}

function valued<const Name extends string, Value extends z.ZodType>(name: Name, value: Value, about: string) {
	return z.strictObject({ name: z.literal(name), value }).describe(about);
}
