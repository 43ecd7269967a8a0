import { Command, InvalidArgumentError } from 'commander';

/** What is said to a command that starts something to look at. */
export interface StartFlags {
	readonly port: number;
	readonly once?: true;
}

export interface StartCommand {
	/** As the user types it. */
	readonly name: string;
	readonly description: string;
	/** Whose port it is, and which one if none is said. */
	readonly port: readonly [meaning: string, number: number];
	/** What happens before it ends by itself. */
	readonly once: string;
}

/** Reads the flags of this process; shows the help, or what is wrong with them, and ends it. */
export function startFlags({ name, description, port, once }: StartCommand): StartFlags {
	return new Command(name)
		.description(description)
		.option('-p, --port <number>', port[0], readPort, port[1])
		.option('--once', once)
		.showHelpAfterError()
		.parse()
		.opts<StartFlags>();
}

function readPort(text: string): number {
	const port = Number(text);
	if (Number.isInteger(port) && port >= 0 && port <= 65_535 && text.trim() !== '') return port;
	throw new InvalidArgumentError('A port is a whole number from 0 to 65535.');
}
