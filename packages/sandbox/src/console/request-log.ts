import type { Role } from '../auth.ts';
import type { Excerpt } from './excerpt.ts';
import { Ring } from './ring.ts';

const MAX_REQUESTS = 500;

/** A request as it came in, and what it was answered, filled while it goes by. Whoever shows it masks its secrets. */
export interface RecordedRequest {
	/** Counted from 1 since the sandbox started. */
	readonly number: number;
	/** Milliseconds since 1970. */
	readonly startedAt: number;
	readonly caller: string;
	readonly method: string;
	readonly url: string;
	readonly role: Role | undefined;
	readonly rawHeaders: readonly string[];
	/** Undefined when the sandbox answered without reading it. */
	body?: Excerpt;
	/** Undefined until the answer begins, and when a fault did without one. */
	status?: number;
	answerHeaders?: Headers;
	readonly answer: Excerpt;
	/** The run that the request began. */
	executionId?: string;
	/** Undefined until the answer is complete, or the connection gone. */
	durationMs?: number;
	/** Whether the whole answer went out; known when `durationMs` is. */
	isComplete?: boolean;
}

/** The last 500 requests. */
export class RequestLog {
	readonly #ring = new Ring<RecordedRequest>(MAX_REQUESTS);
	readonly #byNumber = new Map<number, RecordedRequest>();
	readonly #byExecution = new Map<string, RecordedRequest>();
	#count = 0;

	add(request: Omit<RecordedRequest, 'number'>): RecordedRequest {
		this.#count++;
		const added = { ...request, number: this.#count };
		const dropped = this.#ring.push(added);
		this.#byNumber.set(added.number, added);
		if (dropped) {
			this.#byNumber.delete(dropped.number);
			if (dropped.executionId !== undefined) this.#byExecution.delete(dropped.executionId);
		}
		return added;
	}

	link(request: RecordedRequest, executionId: string): void {
		request.executionId = executionId;
		if (this.#byNumber.has(request.number)) this.#byExecution.set(executionId, request);
	}

	get(number: number): RecordedRequest | undefined {
		return this.#byNumber.get(number);
	}

	/** The request that began a run. */
	ofExecution(executionId: string): RecordedRequest | undefined {
		return this.#byExecution.get(executionId);
	}

	newestFirst(): RecordedRequest[] {
		return this.#ring.newestFirst();
	}
}
