// node leash.ts <folder> <program> [arguments]: runs a program for as long as the process that started this one lives.
// However that one ends, also by a kill that it cannot notice, the program and all that it started ends too, and the
// folder, if one is named, is removed.
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';

const [folder = '', program = '', ...args] = process.argv.slice(2);
// A group of its own: a Ctrl+C in the terminal reaches who holds the leash, who then decides.
const child = spawn(program, args, { stdio: 'inherit', detached: true });
child.once('error', error => {
	console.error(`${program} could not be started: ${error.message}`);
	process.exit(1);
});
child.once('exit', code => end(code ?? 1));
process.once('disconnect', () => end(0));
process.send?.({ pid: child.pid });

function end(status: number): never {
	try {
		if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
	} catch {
		// The group has ended.
	}
	if (folder !== '') rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
	process.exit(status);
}
