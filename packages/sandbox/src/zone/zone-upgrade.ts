import { request as ask, type IncomingMessage } from 'node:http';
import { request as askSafely } from 'node:https';
import type { Duplex } from 'node:stream';
import { originRefusal } from '../local-only.ts';
import type { Visitors } from './visitors.ts';
import { placeOf, type ZoneApp, zoneHeaders } from './zone-proxy.ts';

/** Answers a request that wants to become another protocol: a websocket, for anything that is known here. */
export type OnUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => Promise<void>;

/** Passes websockets to zone apps, by the rules of their other requests. Next's development server reloads by one. */
export function zoneUpgrade(apps: readonly ZoneApp[], visitors: Visitors): OnUpgrade {
	return async (request, socket, head) => {
		const { pathname, search } = new URL(`http://sandbox${request.url}`);
		const app = apps.find(candidate =>
			Object.values(placeOf(candidate)).some(place => `${pathname}/`.startsWith(`${place}/`)),
		);
		if (!app) return refuseUpgrade(socket, 404);
		if (originRefusal(request.headers)) return refuseUpgrade(socket, 403);
		const { host } = request.headers;
		const said = { ...request.headers, ...(await zoneHeaders(app, visitors, { pathname, host })) };
		// Node takes no undefined header.
		const headers = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
		const passing = (app.origin.startsWith('https:') ? askSafely : ask)(app.origin + pathname + search, {
			headers,
		});
		socket.once('close', () => passing.destroy());
		passing.once('error', () => refuseUpgrade(socket, 502));
		passing.once('response', ({ statusCode = 502 }) => refuseUpgrade(socket, statusCode));
		passing.once('upgrade', (answer, other, otherHead) => {
			const { rawHeaders } = answer;
			const lines = rawHeaders.flatMap((name, at) =>
				at % 2 === 0 ? [`${name}: ${rawHeaders[at + 1]}`] : [],
			);
			socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`);
			socket.write(otherHead);
			other.write(head);
			// Either end's loss is the other's.
			for (const [from, to] of [
				[socket, other],
				[other, socket],
			] as const) {
				from.on('error', () => to.destroy());
				from.on('close', () => to.destroy());
				from.pipe(to);
			}
		});
		passing.end();
	};
}

/** Ends a request that has no response object any more. */
export function refuseUpgrade(socket: Duplex, status: number): void {
	if (socket.writable)
		socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
