import { createHash } from 'node:crypto';
import { valueAt } from './json-path.ts';
import type { Trigger } from './triggers.ts';

/** What a trigger's `context_mapping` finds in a dispatched body, by name; what it does not find is left out. */
export type DispatchContext = Readonly<Record<string, unknown>>;

export function contextOf({ config }: Trigger, input: unknown): DispatchContext {
	const found: [string, unknown][] = [];
	for (const [name, path] of Object.entries(config.context_mapping ?? {})) {
		const value = valueAt(path, input);
		if (value !== undefined) found.push([name, value]);
	}
	return Object.fromEntries(found);
}

/**
 * The id of the session that a trigger derives from its fields; `undefined` where the run has to open a new one.
 * That is also so when a field is not in the context: the platform says nothing then either. The id depends on
 * the agent and not on the trigger, so that triggers of one agent can share a conversation.
 */
export function derivedSession({ agentId, config }: Trigger, context: DispatchContext): string | undefined {
	if (config.session_strategy?.mode !== 'derive') return undefined;
	const values = config.session_strategy.fields.map(field => [field, scalarIn(context, field)]);
	if (values.some(([, value]) => value === undefined)) return undefined;
	return uuidOf(JSON.stringify([agentId, ...values]));
}

/** An empty text, `null`, a list or an object tells nobody from anybody else. */
function scalarIn(context: DispatchContext, field: string): unknown {
	const value = Object.hasOwn(context, field) ? context[field] : undefined;
	return value === '' || typeof value === 'object' ? undefined : value;
}

/** A UUID of the version for contents of one's own making (RFC 9562, version 8). */
function uuidOf(text: string): string {
	const bytes = createHash('sha256').update(text).digest().subarray(0, 16);
	bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
	bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
	return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
