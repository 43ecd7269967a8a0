import { type Inputs, OPERATIONS, type OperationName, type OperationOutputs } from '@zihin/connector-kit';
import type { ConnectorHost } from './host.ts';
import { schemaFaults } from './schema-faults.ts';

/**
 * Runs a step and checks that its output has the keys that the operation's sample promises, no more, no less, and
 * that it is what the operation's schema describes.
 */
export async function runStep<Name extends OperationName>(
	host: ConnectorHost,
	operation: Name,
	inputs: Inputs,
): Promise<OperationOutputs[Name]> {
	const output = await host.run(operation, inputs);
	const faults = schemaFaults(OPERATIONS[operation], output);
	if (faults === '' && hasKeysOfSample(operation, output)) return output;
	throw new Error(`${operation} returned something else than promised: ${JSON.stringify(output)} ${faults}`);
}

function hasKeysOfSample<Name extends OperationName>(
	operation: Name,
	output: unknown,
): output is OperationOutputs[Name] {
	const { sample } = OPERATIONS[operation];
	if (!Array.isArray(sample)) return keysOf(output) === keysOf(sample);
	return Array.isArray(output) && output.every(item => keysOf(item) === keysOf(sample[0]));
}

function keysOf(value: unknown): string | undefined {
	return typeof value === 'object' && value !== null ? Object.keys(value).sort().join() : undefined;
}
