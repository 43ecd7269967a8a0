import { setTimeout as sleep } from 'node:timers/promises';
import type { Emit, Engine, EngineEvent } from '../engine.ts';
import { gatedResponse, oversizeEvent } from '../stream-faults.ts';
import { countTokens, splitTokens } from '../tokens.ts';
import type { Scenario } from './scenario.ts';
import { MESSAGE, type Step } from './scenario-schema.ts';

const DEFAULT_MODEL = 'script';

/** Acts out a written scenario, `speed` times as fast as it is written. */
export function scriptEngine(scenario: Scenario, speed: number): Engine {
	return {
		model: metricsOf(scenario.steps)?.model ?? DEFAULT_MODEL,
		speed,
		reportsAttachments: true,
		run({ message, signal }, emit) {
			const steps = scenario.stepsFor(message);
			const turn: ScriptedTurn = {
				message,
				steps,
				pause: milliseconds => {
					signal.throwIfAborted();
					// A timer takes a millisecond at the least; what is shorter takes none.
					const wait = milliseconds / speed;
					return wait >= 1 ? sleep(wait, undefined, { signal }) : undefined;
				},
				clock: () => {
					const startedAt = performance.now();
					return () => (performance.now() - startedAt) * speed;
				},
			};
			return play(turn, emit);
		},
	};
}

interface ScriptedTurn {
	readonly message: string;
	readonly steps: readonly Step[];
	pause(milliseconds: number): Promise<void> | undefined;
	/** A clock that starts now, in milliseconds of the scenario. */
	clock(): () => number;
}

async function play(turn: ScriptedTurn, emit: Emit): Promise<void> {
	const written = (text: string) => text.replaceAll(MESSAGE, () => turn.message);
	for (const step of turn.steps) {
		if (step.wait !== undefined) await turn.pause(step.wait);
		else if (step.phase !== undefined) await emit({ type: 'phase', phase: step.phase });
		else if (step.thinking !== undefined) await emit({ type: 'thinking', thought: written(step.thinking) });
		else if (step.warning !== undefined) await emit({ type: 'warning', message: written(step.warning) });
		else if (step.attachments) await emit({ type: 'attachments', ...step.attachments });
		else if (step.tool) {
			const { name, success, summary, duration } = step.tool;
			await turn.pause(duration);
			await emit({ type: 'tool', tool: name, success, summary: written(summary) });
		} else if (step.tokens) {
			const { pace, text } = step.tokens;
			// Each by the clock, so that late timers do not add up over a long answer.
			const clock = turn.clock();
			for (const [index, content] of splitTokens(written(text)).entries()) {
				const pause = turn.pause(pace > 0 ? (index + 1) * pace - clock() : 0);
				if (pause) await pause;
				const full = emit({ type: 'token', content });
				if (full) await full;
			}
		} else if (step.response) {
			const content = written(step.response.text);
			await emit(responseOf(content, step.response.sources, turn));
		} else if (step.error) {
			const { code, message, timed_out: timedOut } = step.error;
			await emit({ type: 'error', code, message: written(message), timedOut });
		} else if (step.outcome) await emit({ type: 'timeout', message: 'The turn ran out of time.' });
		else if (step.gated !== undefined) await emit(gatedResponse(written(step.gated)));
		else if (step.oversize !== undefined) await emit(oversizeEvent(step.oversize));
		else if (step.stall) await emit({ type: 'connection', fate: 'stall' });
		else if (step.cut) await emit({ type: 'connection', fate: 'cut' });
		else if (step.reset) await emit({ type: 'connection', fate: 'reset' });
		else if (step.end) await emit({ type: 'connection', fate: 'no-terminal-event' });
	}
}

/** The scenario's own figures where it gives some, else what can be counted. */
function responseOf(
	content: string,
	sources: Extract<EngineEvent, { type: 'response' }>['sources'],
	{ message, steps }: ScriptedTurn,
): EngineEvent {
	// A failure text, which the outcome says is no answer.
	if (steps.some(({ outcome }) => outcome)) return { type: 'timeout', message: content };
	const { input_tokens, output_tokens, model } = metricsOf(steps) ?? {};
	const usage = {
		inputTokens: input_tokens ?? countTokens(message),
		outputTokens: output_tokens ?? countTokens(content),
	};
	return { type: 'response', content, sources, usage, ...(model !== undefined && { model }) };
}

function metricsOf(steps: readonly Step[]) {
	return steps.find(({ metrics }) => metrics)?.metrics;
}
