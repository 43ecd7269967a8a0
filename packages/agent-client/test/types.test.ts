import { describe, expectTypeOf, it } from 'vitest';
import type {
	AgentChunk,
	AgentResult,
	AgentStream,
	CreateClientOptions,
	DispatchResult,
	ErrorKind,
	Execution,
	FetchLike,
	FoundTrigger,
	Trigger,
	Usage,
	ZihinClient,
} from '../src/index.ts';
import { ZihinAgentError } from '../src/index.ts';

// The compiler is the judge here: these fail in the type check.
describe('the types', () => {
	it('tell chunks apart by their type', () => {
		const read = (chunk: AgentChunk) => {
			if (chunk.type === 'token') expectTypeOf(chunk.content).toEqualTypeOf<string>();
			if (chunk.type === 'tool') expectTypeOf(chunk.tool).toEqualTypeOf<string>();
			if (chunk.type === 'metrics') expectTypeOf(chunk.usage).toEqualTypeOf<Usage | undefined>();
			if (chunk.type === 'unknown') expectTypeOf(chunk.data).toEqualTypeOf<unknown>();
			// @ts-expect-error: only some chunks have a content.
			return chunk.content;
		};
		expectTypeOf(read).toBeFunction();
	});

	it('let the key come straight from the environment, where it may be missing', () => {
		expectTypeOf<{ apiKey: string | undefined }>().toExtend<CreateClientOptions>();
		expectTypeOf<{ baseUrl: string }>().not.toExtend<CreateClientOptions>();
	});

	it('take the fetch of any runtime', () => {
		expectTypeOf<typeof globalThis.fetch>().toExtend<FetchLike>();
	});

	it('give what each call promises', () => {
		expectTypeOf<ZihinClient['invokeAgent']>().returns.resolves.toEqualTypeOf<AgentResult>();
		expectTypeOf<ZihinClient['streamAgent']>().returns.toEqualTypeOf<AgentStream>();
		expectTypeOf<ZihinClient['createTrigger']>().returns.resolves.toEqualTypeOf<Trigger>();
		expectTypeOf<ZihinClient['findOrCreateTrigger']>().returns.resolves.toEqualTypeOf<FoundTrigger>();
		expectTypeOf<ZihinClient['dispatchAgent']>().returns.resolves.toEqualTypeOf<DispatchResult>();
		expectTypeOf<ZihinClient['getExecution']>().returns.resolves.toEqualTypeOf<Execution>();
		expectTypeOf<ZihinClient['deleteTrigger']>().returns.resolves.toEqualTypeOf<void>();
	});

	it('let what a dispatch returns be read back as it is', () => {
		type Ids = Pick<FoundTrigger, 'triggerId'> & Pick<DispatchResult, 'executionId'>;
		expectTypeOf<Ids>().toExtend<Parameters<ZihinClient['getExecution']>[0]>();
	});

	it('have results that cannot be changed', () => {
		const change = (result: AgentResult) => {
			// @ts-expect-error: results are read-only.
			result.content = '';
		};
		expectTypeOf(change).toBeFunction();
		expectTypeOf<AgentResult['sources']>().toEqualTypeOf<readonly unknown[] | undefined>();
	});

	it('know every kind of error, and recognise an error of this client', () => {
		const read = (error: unknown): ErrorKind | undefined =>
			ZihinAgentError.is(error) ? error.kind : undefined;
		expectTypeOf(read).returns.toEqualTypeOf<ErrorKind | undefined>();
		const wordFor = (kind: ErrorKind): string => {
			switch (kind) {
				case 'config':
				case 'auth':
				case 'not_found':
				case 'rate_limit':
				case 'timeout':
				case 'aborted':
				case 'server':
				case 'network':
				case 'protocol':
				case 'unknown':
					return kind;
			}
		};
		expectTypeOf(wordFor).returns.toBeString();
	});
});
