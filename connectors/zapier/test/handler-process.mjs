// The wrapper that Zapier starts, in a process of its own: what was built, unpacked, on the Node of production. Plain
// JavaScript, because Node 20 runs it.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { usage } from './usage.mjs';

const folder = process.argv[2];
const { handler } = await import(pathToFileURL(join(folder, 'zapierwrapper.js')));
const { version } = JSON.parse(
	await readFile(join(folder, 'node_modules/zapier-platform-core/package.json'), 'utf8'),
);

// Stands in for what Zapier keeps between two calls of an app.
const kept = { zcacheTestObj: {}, cursorTestObj: {} };

process.on('message', async ({ id, event }) => {
	const log = [];
	if (event === undefined) return process.send({ id, log, usage: await usage() });
	const customLogger = (message, record) => log.push({ ...record, message });
	try {
		const { results, status } = await handler({ ...event, ...kept, customLogger });
		process.send({ id, log, answer: { results, status } });
	} catch (cause) {
		const { name, message, stack } = cause;
		process.send({ id, log, error: { ...cause, name, message, stack } });
	}
});
process.once('disconnect', () => process.exit());
process.send(`zapier-platform-core ${version}, Node ${process.versions.node}`);
