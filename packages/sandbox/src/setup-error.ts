/** Something the person starting the sandbox can put right. The message is one sentence, fit to be printed alone. */
export class SandboxSetupError extends Error {
	override readonly name = 'SandboxSetupError';
}
