// The SDK on a server that is not Next, run by the Node under test. What it found goes out as one line of JSON.
import { ApiError, createZoneClient, getSession, verifyZoneToken } from '@cxpa/sdk/zone';

const { ZONE_JWT_SECRET: secret, AUDIENCE_ID: audience, ZONE_TOKENS_URL } = process.env;
const minted = await fetch(ZONE_TOKENS_URL, {
	method: 'POST',
	headers: { 'content-type': 'application/json' },
	body: '{"role":"owner"}',
});
const { token } = await minted.json();
const claims = await verifyZoneToken(token, { secret, audience });
const cxpa = createZoneClient({
	baseUrl: process.env.PLATFORM_API_BASE_URL,
	token,
	agentId: claims.agentId,
});
const { runId } = await cxpa.runs.create({ payload: { topic: 'bees' } });
const followed = await cxpa.runs.waitFor(runId, { timeoutMs: 20_000 });
const { status } = await cxpa.runs.get(runId);
const { type } = await cxpa.credentials.get('hubspot');
const refused = await cxpa.runs.get(999).catch(error => error instanceof ApiError && error.status);
const forged = await getSession({ headers: new Headers({ 'x-zone-claims': '{"role":"owner"}' }) }).catch(
	error => error.name,
);
console.log(
	JSON.stringify({
		role: claims.role,
		statuses: [followed.status, status],
		credential: type,
		refused,
		forged,
	}),
);
