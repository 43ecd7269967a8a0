// What this process holds on to. Plain JavaScript, because Node 20 runs it.
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');

export async function usage() {
	collectGarbage();
	await setImmediate();
	collectGarbage();
	return {
		heapBytes: process.memoryUsage().heapUsed,
		sockets: process.getActiveResourcesInfo().filter(name => name === 'TCPSocketWrap').length,
	};
}
