import { RE2JS } from 're2js';
import type { YamlFile, YamlPath } from '../yaml/yaml-file.ts';
import type { ScenarioText, Step } from './scenario-schema.ts';

export interface Scenario {
	/** What happens in the turn that this message begins. */
	stepsFor(message: string): readonly Step[];
	/** What happens when no case matches. */
	readonly steps: readonly Step[];
	readonly allSteps: readonly Step[];
}

/** Of a longer message only the beginning is looked at. */
const MAX_MATCHED_CHARS = 10_000;

/**
 * Makes the scenario's patterns ready. They are RE2's: whatever somebody writes, or sends, matching takes linear
 * time, which a backtracking pattern would not.
 */
export function scenarioOf(text: ScenarioText, file: YamlFile, path: YamlPath): Scenario {
	const cases = (text.cases ?? []).map(({ match, steps }, index) => ({
		pattern: patternOf(match, message => file.mistake([...path, 'cases', index, 'match'], message)),
		steps,
	}));
	return {
		steps: text.steps,
		allSteps: [...cases, text].flatMap(({ steps }) => steps),
		stepsFor(message) {
			const beginning = message.slice(0, MAX_MATCHED_CHARS);
			return cases.find(({ pattern }) => pattern.matcher(beginning).find())?.steps ?? text.steps;
		},
	};
}

function patternOf(match: string, mistake: (message: string) => Error): RE2JS {
	try {
		return RE2JS.compile(match);
	} catch (error) {
		const reason = error instanceof Error ? error.message : 'unknown';
		throw mistake(`"match" is not a regular expression of RE2 (${reason}).`);
	}
}
