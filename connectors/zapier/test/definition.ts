import type { AuthField, Create, PlainInputField, Search, Trigger } from 'zapier-platform-core';
import { ask } from './host.ts';

/** The app as Zapier stores it: functions are texts. */
export interface Definition {
	readonly version: string;
	readonly platformVersion: string;
	readonly authentication: {
		readonly type: string;
		readonly fields: readonly AuthField[];
		readonly connectionLabel?: string;
	};
	readonly triggers: Readonly<Record<string, Trigger>>;
	readonly searches: Readonly<Record<string, Search>>;
	readonly creates: Readonly<Record<string, Create>>;
	readonly searchOrCreates: Readonly<Record<string, { readonly search: string; readonly create: string }>>;
}

export type Action = Trigger | Search | Create;

export async function readDefinition(): Promise<Definition> {
	return (await ask('definition')) as Definition;
}

export function actionsOf({ triggers, searches, creates }: Definition): readonly Action[] {
	return [triggers, searches, creates].flatMap(actions => Object.values<Action>(actions));
}

/** The fields that are always there. */
export function fieldsOf({ operation }: Action): readonly PlainInputField[] {
	return [operation.inputFields ?? []].flat().filter(field => typeof field === 'object');
}

export function isVisible({ display }: Action): boolean {
	return display.hidden !== true;
}
