import { type ApFile, Property } from '@activepieces/pieces-framework';
import type { Attachment } from '@zihin/agent-client';
import { lookup } from 'mrmime';

export const ATTACHMENTS = 'attachments';

/** The platform's own files: from an earlier step, or from a URL that it has loaded. */
export const attachmentsProperty = Property.Array({
	displayName: 'Attachments',
	description: 'Files for the agent, such as images and documents.',
	required: false,
	properties: {
		file: Property.File({
			displayName: 'File',
			description: 'A file of an earlier step, or the URL of one.',
			required: true,
		}),
	},
});

/**
 * @param value what the platform made of the property: nothing about it can be trusted
 * @throws where something is there that is no file: nothing is left out in silence
 */
export function readAttachments(value: unknown): Attachment[] | undefined {
	const items: unknown[] = value === undefined || value === null || value === '' ? [] : [value].flat();
	return items.length === 0 ? undefined : items.map(attachmentOf);
}

function attachmentOf(item: unknown, index: number): Attachment {
	const file: unknown = typeof item === 'object' && item !== null && 'file' in item ? item.file : undefined;
	if (!isFile(file)) throw new Error(`Attachment ${index + 1} is not a file. Nothing was sent.`);
	const type = lookup(file.filename) ?? 'application/octet-stream';
	return { url: `data:${type};base64,${file.data.toString('base64')}`, filename: file.filename };
}

function isFile(value: unknown): value is ApFile {
	return typeof value === 'object' && value !== null && 'data' in value && Buffer.isBuffer(value.data);
}
