import type { Attachment } from '@zihin/agent-client/core';
import type { INodeProperties } from 'n8n-workflow';
import type { Step } from './action.ts';

/** Which files of the item the agent gets. */
export const BINARY_FIELDS: INodeProperties = {
	displayName: 'Input Binary Fields',
	name: 'binaryFields',
	type: 'string',
	default: 'data',
	placeholder: 'e.g. data, photo',
	description: 'The names of the input binary fields whose files the agent gets, with commas between several',
};

/** @throws {NodeOperationError} when the item has no such file */
export async function readAttachments({ context, item }: Step): Promise<Attachment[] | undefined> {
	const names = String(context.getNodeParameter(`options.${BINARY_FIELDS.name}`, item, ''))
		.split(',')
		.map(name => name.trim())
		.filter(name => name !== '');
	if (names.length === 0) return undefined;
	return Promise.all(
		names.map(async name => {
			const { mimeType, fileName: filename } = context.helpers.assertBinaryData(item, name);
			const bytes = await context.helpers.getBinaryDataBuffer(item, name);
			return { url: `data:${mimeType};base64,${bytes.toString('base64')}`, filename };
		}),
	);
}
