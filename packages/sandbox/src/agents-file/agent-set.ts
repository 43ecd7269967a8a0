import { dirname, resolve } from 'node:path';
import type { Agent } from '../agents.ts';
import { SandboxSetupError } from '../setup-error.ts';
import { checked } from '../yaml/checked.ts';
import { readYamlFile } from '../yaml/yaml-file.ts';
import { agentIdFor } from './agent-id.ts';
import { AgentsSchema } from './agents-schema.ts';
import { EngineMaker } from './engine-maker.ts';

export interface AgentSetOptions {
	/** Default: the agents that the sandbox comes with. */
	readonly file: string | undefined;
	/** What an agent searches that names no library of its own. Default: this project's own pages. */
	readonly library: readonly string[] | undefined;
	readonly tokenDelayMs: number;
	readonly speed: number;
}

export interface AgentSet {
	readonly agents: readonly [Agent, ...Agent[]];
	/** All libraries together. */
	readonly library: {
		readonly files: number;
		readonly passages: number;
		readonly warnings: readonly string[];
	};
	/** Follows changes in the libraries' folders. */
	watch(): void;
	/** Lets go of the libraries and their folders. */
	close(): void;
}

const SHIPPED = resolve(import.meta.dirname, '../../agents/agents.yaml');

/**
 * Makes the agents that a file declares, with everything that they need.
 *
 * @throws {SandboxSetupError} for the first mistake, with file, line and column.
 */
export function openAgents(options: AgentSetOptions): AgentSet {
	const path = options.file ?? SHIPPED;
	const file = readYamlFile(path);
	const maker = new EngineMaker({ ...options, agentsFile: file, folder: dirname(path) });
	const ids = new Map<string, string>();
	const agents = checked(file, AgentsSchema).agents.map(({ engine, ...text }, index): Agent => {
		const id = text.id ?? agentIdFor(text.name);
		const other = ids.get(id);
		if (other !== undefined) {
			const place = ['agents', index, text.id === undefined ? 'name' : 'id'];
			throw file.mistake(place, `The agent "${other}" has this id already: give this one another.`);
		}
		ids.set(id, text.name);
		return {
			id,
			name: text.name,
			commercialName: text.commercial_name ?? text.name,
			bio: text.bio,
			type: text.type,
			status: text.status,
			tags: text.tags,
			...maker.make(engine, ['agents', index, 'engine']),
		};
	});
	const [first, ...others] = agents;
	if (!first) throw file.mistake([], 'There are no agents.');
	if (options.library && !maker.usesDefaultLibrary) {
		throw new SandboxSetupError(`No agent of ${path} searches what --library names: leave one of them out.`);
	}
	const sizes = maker.libraries.map(library => library.size);
	return {
		agents: [first, ...others],
		library: {
			files: sizes.reduce((sum, { files }) => sum + files, 0),
			passages: sizes.reduce((sum, { passages }) => sum + passages, 0),
			warnings: sizes.flatMap(({ warnings }) => warnings),
		},
		watch() {
			for (const library of maker.libraries) library.watch();
		},
		close() {
			for (const library of maker.libraries) library.close();
		},
	};
}
