import { SandboxSetupError } from './setup-error.ts';

/** How much of what the vendor does not document the sandbox adds. Each switch is read where the thing is done. */
export interface Profile {
	readonly name: ProfileName;
	/** Whether callbacks carry signature headers. */
	readonly signedCallbacks: boolean;
	/** How often a callback is tried before it is given up. */
	readonly callbackAttempts: number;
	/** Whether an `Idempotency-Key` makes a repeated dispatch one execution. */
	readonly deduplication: boolean;
	/** Whether answers name their request in `X-Request-Id`. */
	readonly requestIdHeader: boolean;
	readonly errorEnvelope: ErrorEnvelope;
	readonly streamGeneration: StreamGeneration;
}

export type ProfileName = 'full' | 'bare';
export type ErrorEnvelope = 'nested' | 'flat';
/** The generations of the wire, by the month from which they are known. */
export type StreamGeneration = '2026-10' | '2026-01';

/** `full` is the newest wire with the sandbox's additions; `bare` is the oldest one still spoken, with none. */
export const PROFILES: Readonly<Record<ProfileName, Profile>> = Object.freeze({
	full: Object.freeze({
		name: 'full',
		signedCallbacks: true,
		callbackAttempts: Number.POSITIVE_INFINITY,
		deduplication: true,
		requestIdHeader: true,
		errorEnvelope: 'nested',
		streamGeneration: '2026-10',
	}),
	bare: Object.freeze({
		name: 'bare',
		signedCallbacks: false,
		callbackAttempts: 1,
		deduplication: false,
		requestIdHeader: false,
		errorEnvelope: 'flat',
		streamGeneration: '2026-01',
	}),
});

/** @throws {SandboxSetupError} when there is no such profile. */
export function profileNamed(name: ProfileName): Profile {
	if (Object.hasOwn(PROFILES, name)) return PROFILES[name];
	throw new SandboxSetupError(`There is no profile "${name}": ${Object.keys(PROFILES).join(', ')}.`);
}
