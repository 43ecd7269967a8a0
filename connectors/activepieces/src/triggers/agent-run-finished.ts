import { createTrigger, DEDUPE_KEY_PROPERTY, TriggerStrategy } from '@activepieces/pieces-framework';
import type { Execution } from '@zihin/agent-client';
import {
	agentChoices,
	agentField,
	executionOutput,
	readRequiredText,
	recentRuns,
	runFinished,
	type Subscription,
	subscribe,
	unsubscribe,
} from '@zihin/connector-kit';
import { auth } from '../auth.ts';
import { choiceDropdown } from '../choice-dropdown.ts';
import { clientFor } from '../client.ts';
import { inStepTerms } from '../errors.ts';
import { LIMITS } from '../limits.ts';
import { type FlatOutput, flatRow } from '../output.ts';
import { outputSchema } from '../output-schema.ts';
import { finishedOf } from './finished.ts';

const STORED = 'zihin-subscription';

/** Starts a flow when a run that was sent to the flow's own trigger has finished. */
export const agentRunFinished = createTrigger({
	name: 'agent_run_finished',
	auth,
	displayName: runFinished.label,
	description: runFinished.description,
	aiMetadata: { description: `${runFinished.description} ${runFinished.modelDescription}` },
	type: TriggerStrategy.WEBHOOK,
	props: { [agentField.key]: choiceDropdown(agentField, agentChoices) },
	sampleData: flatRow(runFinished.outputSchema, runFinished.sample),
	outputSchema: outputSchema(runFinished.outputSchema),

	onEnable: ({ auth: { props }, propsValue, store, webhookUrl: url }) =>
		inStepTerms(LIMITS, async () => {
			const agentId = readRequiredText(propsValue, agentField);
			const client = clientFor(props);
			const before = await store.get<Subscription>(STORED);
			// One that another agent had. What it leaves, if this fails, fires into a URL that checks its token.
			if (before !== null) await unsubscribe(client, before.triggerId).catch(() => {});
			const subscriber = { platform: 'activepieces', agentId, url };
			await store.put(STORED, await subscribe(crypto, client, subscriber));
		}),

	onDisable: ({ auth: { props }, store }) =>
		inStepTerms(LIMITS, async () => {
			const subscription = await store.get<Subscription>(STORED);
			if (subscription === null) return;
			await unsubscribe(clientFor(props), subscription.triggerId);
			await store.delete(STORED);
		}),

	run: ({ auth: { props }, store, payload }) =>
		inStepTerms(LIMITS, async () => {
			const subscription = await store.get<Subscription>(STORED);
			if (subscription === null) return [];
			const execution = await finishedOf(clientFor(props), subscription, payload);
			return execution === undefined ? [] : [itemOf(execution)];
		}),

	// The flow's own trigger has had no run before it is published: any run of the agent shows what one looks like.
	test: ({ auth: { props }, propsValue }) =>
		inStepTerms(LIMITS, async () =>
			(await recentRuns(clientFor(props), readRequiredText(propsValue, agentField))).map(itemOf),
		),
});

/** The platform starts the flow once for each key, however often it comes. */
function itemOf(execution: Execution): FlatOutput {
	const item = flatRow(runFinished.outputSchema, executionOutput(execution, false));
	return { ...item, [DEDUPE_KEY_PROPERTY]: execution.executionId };
}
