import { startSandbox } from '../../packages/sandbox/dist/index.js';
import { openBrowser } from '../../packages/sandbox/test/console/browser.ts';
import { askAnAgent, type Journey, publishTrigger, seeItFired } from './journey.ts';
import { listeningUrlOf } from './listening-trigger.ts';
import { startN8n } from './n8n.ts';
import { dispatchTo, triggersOf } from './sandboxes.ts';
import { until } from './until.ts';

const QUESTION = 'How do I continue a conversation?';

export interface Seen {
	/** What the node put out, as the page shows it. */
	readonly answer: string;
	/** What the agent was asked. */
	readonly asked: readonly string[];
}

/**
 * A new user's first minutes in a real n8n, in a real browser: asks an agent, then publishes a trigger, which fires.
 * @param look is called with the page wherever there is something to see
 */
export async function playScene(
	sandboxPort: number,
	look: (name: string, page: Journey['page']) => Promise<void> = async () => {},
): Promise<Seen> {
	await using stack = new AsyncDisposableStack();
	const sandbox = await startSandbox({ port: sandboxPort });
	stack.defer(() => sandbox.close());
	const n8n = stack.use(await startN8n());
	const browser = await openBrowser();
	stack.defer(() => browser.close());
	const context = await browser.newContext({ viewport: { width: 1200, height: 760 } });
	const page = await context.newPage();
	const journey: Journey = {
		page,
		url: n8n.url,
		connection: { apiKey: sandbox.keys.admin, baseUrl: sandbox.url },
		agent: 'Librarian',
		look: name => look(name, page),
	};
	const answer = await askAnAgent(journey, QUESTION);
	await publishTrigger(journey);
	const trigger = await until('the trigger is made', async () => (await triggersOf(sandbox))[0]);
	await listeningUrlOf(sandbox, trigger.id);
	await dispatchTo(sandbox, trigger.id, 'What is a run?');
	await seeItFired(journey);
	return { answer, asked: sandbox.executions().map(({ message }) => message) };
}
