import type { openBrowser } from '../../packages/sandbox/test/console/browser.ts';
import { OWNER } from './editor-session.ts';
import type { Connection } from './n8n.ts';

export type Browser = Awaited<ReturnType<typeof openBrowser>>;
export type Page = Awaited<ReturnType<Browser['newPage']>>;

export interface Journey {
	readonly page: Page;
	/** Of n8n, with a slash at its end. */
	readonly url: string;
	readonly connection: Connection;
	readonly agent: string;
	/** Called wherever there is something to see. */
	readonly look: (name: string) => Promise<void>;
}

/** What a new user does: find the node, connect it, choose an agent, ask. @returns what the node put out */
export async function askAnAgent(journey: Journey, message: string): Promise<string> {
	const { page, connection, look } = journey;
	await logIn(journey);
	await searchNode(journey, 'zihin');
	await look('search');
	await page.getByText('Zihin', { exact: true }).click();
	await page.getByText(/^Actions \(/).click();
	await page.getByText('Invoke agent', { exact: true }).click();
	await page.getByText('Connect to Zihin').click();
	await part(page, 'parameter-input-apiKey').locator('input').fill(connection.apiKey);
	await part(page, 'parameter-input-baseUrl').locator('input').fill(connection.baseUrl);
	await part(page, 'parameter-input-allowHttp').locator('.el-switch').click();
	await part(page, 'credential-save-button').click();
	// n8n closes it when its test was good.
	const dialog = part(page, 'editCredential-modal');
	await dialog.waitFor({ state: 'hidden' });
	await part(page, 'credential-edit-button').click();
	await page.getByText('Connection tested successfully').waitFor();
	await look('credential');
	await dialog.getByRole('button', { name: /close/i }).click();
	await dialog.waitFor({ state: 'hidden' });
	await chooseAgent(journey, 'agents');
	await part(page, 'parameter-input-message').locator('textarea').fill(message);
	await part(page, 'node-execute-button').click();
	const output = part(page, 'output-panel');
	await output.getByText('sessionId', { exact: true }).waitFor();
	await look('answer');
	return (await output.textContent()) ?? '';
}

/** The other direction: a workflow that starts when an agent has answered, published. */
export async function publishTrigger(journey: Journey): Promise<void> {
	const { page, look } = journey;
	await searchNode(journey, 'zihin');
	await page.getByText('Zihin', { exact: true }).click();
	await page.getByText('On new Zihin event').click();
	await chooseAgent(journey);
	await look('trigger');
	await part(page, 'ndv-close-button').click();
	await part(page, 'workflow-open-publish-modal-button').click();
	await part(page, 'workflow-publish-button').click();
	await page.getByText('Workflow published').waitFor();
	await page.getByRole('button', { name: 'Got it' }).click();
}

/** Looks at what the published workflow has done, once it has. */
export async function seeItFired({ page, look }: Journey): Promise<void> {
	await part(page, 'radio-button-executions').click();
	await page.locator('[data-test-id^="execution-details-"]').filter({ hasText: 'Succeeded' }).click();
	await part(page, 'canvas-node-status-success').waitFor();
	await look('fired');
}

async function logIn({ page, url }: Journey): Promise<void> {
	await page.goto(`${url}signin`);
	await page.locator('input[name=emailOrLdapLoginId]').fill(OWNER.email);
	await page.locator('input[type=password]').fill(OWNER.password);
	await page.keyboard.press('Enter');
	await page.waitForURL(/home/);
}

async function searchNode({ page, url }: Journey, text: string): Promise<void> {
	await page.goto(`${url}workflow/new`);
	await part(page, 'canvas-plus-button').click();
	await part(page, 'node-creator-search-bar').fill(text);
	await page.getByText('Zihin', { exact: true }).waitFor();
}

async function chooseAgent({ page, agent, look }: Journey, name?: string): Promise<void> {
	await part(page, 'rlc-input').click();
	const item = part(page, 'rlc-item').filter({ hasText: agent });
	await item.waitFor();
	if (name !== undefined) await look(name);
	await item.click();
}

/** By the names that n8n has given to the parts of its page. */
export function part(page: Page, name: string) {
	return page.locator(`[data-test-id="${name}"]`);
}
