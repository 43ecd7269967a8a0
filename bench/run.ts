import { cpus, totalmem } from 'node:os';
import { bigStream } from './big-stream.ts';
import { readOptions } from './options.ts';
import { sandbox } from './sandbox.ts';
import { sseDecode } from './sse-decode.ts';
import { weight } from './weight.ts';
import { wholeCall } from './whole-call.ts';

const BENCHES = {
	'sse-decode': sseDecode,
	'whole-call': wholeCall,
	'big-stream': bigStream,
	weight,
	sandbox,
};

const options = readOptions();
const chosen = Object.entries(BENCHES).filter(
	([name]) => options.only === undefined || options.only === name,
);
if (chosen.length === 0) {
	console.error(`--only takes one of: ${Object.keys(BENCHES).join(', ')}.`);
	process.exit(2);
}
console.log(
	`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, ` +
		`${(totalmem() / 1e9).toFixed(0)} GB. All traffic stays on this machine.`,
);
for (const [, bench] of chosen) await bench(options);
