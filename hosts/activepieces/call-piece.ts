import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Ask, FromPiece, Outcome, PieceCall, Services, ToPiece } from './calls.ts';

const NO_SERVICES: Services = {
	get: () => refuse('store'),
	put: () => refuse('store'),
	delete: () => refuse('store'),
	createWaitpoint: () => refuse('waitpoints'),
};

function refuse(name: string): never {
	throw new Error(`There are no ${name} outside of a flow.`);
}

/**
 * Calls a piece as the engine of the platform does, which is not published as a package. It does what was
 * measured of the real one: a new process for every call, ended when the call settles; values go in and out
 * as JSON; keys that are missing arrive as undefined; an unhandled rejection fails the step. It does not check
 * the types of the values first, as the platform does, so that the piece's own checks are what is tested.
 */
export async function callPiece(
	entry: string,
	call: PieceCall,
	services: Services = NO_SERVICES,
): Promise<Outcome> {
	const child = fork(fileURLToPath(new URL('piece-process.ts', import.meta.url)), {
		// The piece must not depend on anything that this machine happens to set.
		env: {},
		execArgv: [],
		// As the platform's own: what cannot be cloned cannot be handed over.
		serialization: 'advanced',
	});
	const send = (message: ToPiece) => void child.send(message, () => {});
	const exited = once(child, 'exit');
	const reported = new Promise<Outcome>(resolve => {
		child.on('message', (message: FromPiece) => {
			if ('outcome' in message) resolve(message.outcome);
			else send({ askId: message.askId, ...answerTo(message.ask, services) });
		});
	});
	send({ entry, call: throughJson(call) });
	const outcome = await Promise.race([
		reported,
		exited.then(([code]) => Promise.reject(new Error(`The piece's process ended with code ${code}.`))),
	]);
	child.kill('SIGKILL');
	await exited;
	return outcome.ok ? { ...outcome, output: throughJson(outcome.output) } : outcome;
}

function answerTo(ask: Ask, services: Services): { answer: unknown } | { refusal: string } {
	try {
		return { answer: carryOut(ask, services) };
	} catch (error) {
		return { refusal: error instanceof Error ? error.message : String(error) };
	}
}

function carryOut(ask: Ask, services: Services): unknown {
	switch (ask.service) {
		case 'get':
			return services.get(...ask.args);
		case 'put':
			return services.put(...ask.args);
		case 'delete':
			return services.delete(...ask.args);
		case 'createWaitpoint':
			return services.createWaitpoint(...ask.args);
	}
}

function throughJson<Value>(value: Value): Value {
	return value === undefined ? value : JSON.parse(JSON.stringify(value));
}
