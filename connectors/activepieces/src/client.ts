import { createClient, type ZihinClient } from '@zihin/agent-client';
import { type Inputs, readConnection } from '@zihin/connector-kit';
import { LIMITS } from './limits.ts';

/**
 * A client on web fetch. The platform's own HTTP client is not used: it switches certificate checks off for
 * the whole process and sends a failed POST again.
 * @param connection the values of the connection's fields
 * @throws {ZihinAgentError} kind `config`, when one of them is wrong
 */
export function clientFor(connection: Inputs): ZihinClient {
	return createClient({ ...readConnection(connection), timeoutMs: LIMITS.defaultTimeoutSeconds * 1000 });
}
