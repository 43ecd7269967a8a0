/** The sandbox in a process of its own: its options come as an argument, its answers go to the parent. */
import { type SandboxOptions, startSandbox } from '@zihin/sandbox';
import type { SandboxReady } from './sandbox.ts';

const options: SandboxOptions = JSON.parse(process.argv[2] ?? '{}');
const sandbox = await startSandbox(options);
process.on('message', () => process.send?.(sandbox.executions().map(({ message }) => message)));
// Also when the parent was killed: nothing may be left behind.
process.once('disconnect', () => void sandbox.close());
const ready: SandboxReady = { url: sandbox.url, keys: sandbox.keys, agentId: sandbox.agentId };
process.send?.(ready);
