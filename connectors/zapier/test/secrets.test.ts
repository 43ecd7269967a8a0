import { expect, it } from 'vitest';
import { AGENTS, openZapier, PROFILES, startAgents } from './sandboxes.ts';
import { sleepAt, switchOn } from './zap.ts';

it.each(PROFILES)('no log has a secret in it, %s profile', async profile => {
	const sandbox = await startAgents(profile);
	const host = await openZapier(sandbox);
	try {
		await using zap = await switchOn(host, { agentId: AGENTS.echo });
		const { triggerId, callbackToken, webhookSecret } = zap.subscribeData;
		await host.call('creates.dispatch_agent.operation.perform', { triggerId, message: 'Hi' });
		await expect.poll(() => zap.started).toHaveLength(1);
		await zap.list();
		await zap.unsubscribe();
		await using run = await sleepAt(host, { agentId: AGENTS.echo, message: 'Hi' });
		await run.ended;
		expect(host.log.filter(({ log_type }) => log_type === 'http').length).toBeGreaterThan(5);
		const logged = JSON.stringify(host.log);
		const secrets = { key: sandbox.keys.admin, callbackToken, webhookSecret, token: run.kept.callbackToken };
		for (const [name, secret] of Object.entries(secrets)) {
			expect(secret, name).toEqual(expect.any(String));
			expect(logged.split(String(secret)).length - 1, name).toBe(0);
		}
	} finally {
		await sandbox.close();
	}
});
