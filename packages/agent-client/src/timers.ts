import type { Deadline } from './deadline.ts';

/**
 * The default deadline: a strong timer, which keeps the process alive until it fires or is cleared. Its signal takes
 * one listener: an AbortController would cost each call a few microseconds more.
 */
export function deadline(ms: number): Deadline {
	let onAbort: (() => void) | undefined;
	const signal = {
		aborted: false,
		addEventListener: (_type: 'abort', listener: () => void) => {
			onAbort = listener;
		},
		// Whoever forgets a deadline clears it, and a cleared one calls nobody.
		removeEventListener: () => {},
	};
	const timer = setTimeout(() => {
		signal.aborted = true;
		onAbort?.();
	}, ms);
	return { signal, clear: () => clearTimeout(timer) };
}

/** The default pause between attempts. Rejects at once when the signal aborts, and leaves no listener. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
	return new Promise((resolve, reject) => {
		const onAbort = () => {
			clearTimeout(timer);
			reject(signal.reason);
		};
		const timer = setTimeout(() => {
			signal.removeEventListener('abort', onAbort);
			resolve();
		}, ms);
		signal.addEventListener('abort', onAbort, { once: true });
		if (signal.aborted) onAbort();
	});
}
