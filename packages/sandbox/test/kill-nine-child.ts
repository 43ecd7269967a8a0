// A sandbox that is there to be killed: database, library and token delay come as arguments, its URL is printed.
import { startSandbox } from '../src/index.ts';

const [database = '', library = '', tokenDelay] = process.argv.slice(2);
const sandbox = await startSandbox({
	port: 0,
	database,
	library: [library],
	tokenDelayMs: Number(tokenDelay),
	callbacks: { retryDelaysMs: Array<number>(20).fill(30) },
});
process.once('SIGTERM', () => void sandbox.close());
console.log(sandbox.url);
