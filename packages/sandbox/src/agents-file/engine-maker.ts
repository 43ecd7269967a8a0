import { isAbsolute, join } from 'node:path';
import type { Agent } from '../agents.ts';
import { libraryEngine } from '../library/engine.ts';
import { Library } from '../library/library.ts';
import { openAiEngine } from '../openai/openai-engine.ts';
import type { OpenAiText, ToolText } from '../openai/openai-schema.ts';
import { fixedTool, libraryTool, type Tool } from '../openai/tools.ts';
import { type Scenario, scenarioOf } from '../script/scenario.ts';
import { ScenarioSchema } from '../script/scenario-schema.ts';
import { scriptEngine } from '../script/script-engine.ts';
import { SandboxSetupError } from '../setup-error.ts';
import { checked } from '../yaml/checked.ts';
import { readYamlFile, type YamlFile, type YamlPath } from '../yaml/yaml-file.ts';
import type { AgentText } from './agents-schema.ts';

export interface EngineMakerOptions {
	readonly agentsFile: YamlFile;
	/** What paths in the file are relative to. */
	readonly folder: string;
	readonly library: readonly string[] | undefined;
	readonly tokenDelayMs: number;
	readonly speed: number;
}

type Made = Pick<Agent, 'engine' | 'toolsCount'>;

/** Makes engines from what a file says of them, and keeps the libraries that it opens for them. */
export class EngineMaker {
	readonly #options: EngineMakerOptions;
	readonly #libraries: Library[] = [];
	#defaultLibrary: Library | undefined;

	constructor(options: EngineMakerOptions) {
		this.#options = options;
	}

	get libraries(): readonly Library[] {
		return this.#libraries;
	}

	get usesDefaultLibrary(): boolean {
		return this.#defaultLibrary !== undefined;
	}

	/** @param place where the engine stands in the file. */
	make({ library, script, openai }: AgentText['engine'], place: YamlPath): Made {
		if (library) {
			const opened = library.paths
				? this.#open(library.paths, [...place, 'library', 'paths'])
				: this.#openDefault();
			return { engine: libraryEngine(opened, this.#options.tokenDelayMs), toolsCount: 1 };
		}
		if (openai) return this.#makeOpenAi(openai, [...place, 'openai']);
		const scenario = this.#scenario(script ?? {}, [...place, 'script']);
		const tools = scenario.allSteps.flatMap(({ tool }) => tool?.name ?? []);
		return { engine: scriptEngine(scenario, this.#options.speed), toolsCount: new Set(tools).size };
	}

	#scenario({ file, steps, cases }: NonNullable<AgentText['engine']['script']>, place: YamlPath): Scenario {
		if (steps) return scenarioOf({ steps, cases }, this.#options.agentsFile, place);
		const path = this.#pathOf(file ?? '');
		const scenario = this.#at([...place, 'file'], () => readYamlFile(path));
		return scenarioOf(checked(scenario, ScenarioSchema), scenario, []);
	}

	#makeOpenAi({ base_url, model, api_key_env, system, tools }: OpenAiText, place: YamlPath): Made {
		const apiKey = api_key_env === undefined ? undefined : process.env[api_key_env];
		if (api_key_env !== undefined && !apiKey) {
			const message = `The environment variable ${api_key_env} is not set: set it, or leave "api_key_env" out.`;
			throw this.#options.agentsFile.mistake([...place, 'api_key_env'], message);
		}
		const made = tools.map((tool, index) => this.#tool(tool, [...place, 'tools', index]));
		const engine = openAiEngine({ baseUrl: base_url, model, apiKey, system, tools: made });
		return { engine, toolsCount: made.length };
	}

	#tool({ parameters, result, library, ...tool }: ToolText, place: YamlPath): Tool {
		if (!library) return fixedTool(tool, parameters, result ?? '');
		return libraryTool(tool, this.#open(library.paths, [...place, 'library', 'paths']));
	}

	#openDefault(): Library {
		if (!this.#defaultLibrary) {
			this.#defaultLibrary = new Library(this.#options.library);
			this.#libraries.push(this.#defaultLibrary);
		}
		return this.#defaultLibrary;
	}

	#open(paths: readonly string[], place: YamlPath): Library {
		const library = this.#at(place, () => new Library(paths.map(path => this.#pathOf(path))));
		this.#libraries.push(library);
		return library;
	}

	#pathOf(path: string): string {
		return isAbsolute(path) ? path : join(this.#options.folder, path);
	}

	/** A mistake in what this place of the file names is one of this place. */
	#at<T>(place: YamlPath, work: () => T): T {
		try {
			return work();
		} catch (error) {
			throw error instanceof SandboxSetupError
				? this.#options.agentsFile.mistake(place, error.message)
				: error;
		}
	}
}
