import type { Ask, Services, ToPiece } from './calls.ts';

type Reply = Extract<ToPiece, { askId: number }>;

const waiting = new Map<number, (reply: Reply) => void>();

/** Asks the platform from within the process of a call. */
export function ask<Name extends keyof Services>(
	service: Name,
	...args: Parameters<Services[Name]>
): Promise<ReturnType<Services[Name]>> {
	const askId = waiting.size + 1;
	return new Promise((resolve, reject) => {
		waiting.set(askId, reply => {
			// What a service gives is only known where it is asked.
			if ('answer' in reply) resolve(reply.answer as ReturnType<Services[Name]>);
			else reject(new Error(reply.refusal));
		});
		process.send?.({ askId, ask: { service, args } as Ask });
	});
}

export function takeReply(reply: Reply): void {
	waiting.get(reply.askId)?.(reply);
}
