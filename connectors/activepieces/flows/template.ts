import { readFileSync } from 'node:fs';
import type { Values } from '../../../hosts/activepieces/calls.ts';
import type { Flow, PieceStep, Scope } from '../../../hosts/activepieces/flow.ts';

interface TemplateStep {
	readonly name: string;
	readonly settings: {
		readonly triggerName?: string;
		readonly actionName?: string;
		readonly input: Readonly<Record<string, unknown>>;
	};
	readonly nextAction?: TemplateStep;
}

/** The flow of the template that users import, with the agents that they would pick, in order. */
export function templateFlow(agents: readonly string[]): Flow {
	const file = new URL('../templates/check-an-answer.json', import.meta.url);
	const [{ trigger }] = JSON.parse(readFileSync(file, 'utf8')).flows;
	const [agentId, ...others] = agents;
	const steps: PieceStep[] = [];
	let step: TemplateStep | undefined = trigger.nextAction;
	while (step !== undefined) {
		const { name, settings } = step;
		const input = { ...settings.input, agentId: others.shift() };
		steps.push({
			name,
			action: settings.actionName ?? '',
			propsValue: scope => resolved(input, scope),
		});
		step = step.nextAction;
	}
	return { trigger: { name: trigger.settings.triggerName, propsValue: { agentId } }, steps };
}

/** As the platform does with `{{step_1['content']}}`. */
function resolved(input: Values, { trigger, outputs }: Scope): Values {
	const values: Record<string, unknown> = { trigger, ...outputs };
	const entries = Object.entries(input).map(([key, value]) => {
		if (typeof value !== 'string') return [key, value];
		const text = value.replace(/\{\{(\w+)\['(\w+)'\]\}\}/g, (_whole, step: string, name: string) =>
			String(Reflect.get(Object(values[step]), name)),
		);
		return [key, text];
	});
	return Object.fromEntries(entries);
}
