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

/** @param value what the platform made of the property: nothing about it can be trusted */
export function readAttachments(value: unknown): Attachment[] | undefined {
	if (!Array.isArray(value)) return undefined;
	const files = value.map(item => item?.file).filter(isFile);
	if (files.length !== value.length) throw new Error('Attachments: one of them has no file.');
	return files.map(({ filename, data }) => {
		const type = lookup(filename) ?? 'application/octet-stream';
		return { url: `data:${type};base64,${data.toString('base64')}`, filename };
	});
}

function isFile(value: unknown): value is ApFile {
	return typeof value === 'object' && value !== null && 'data' in value && Buffer.isBuffer(value.data);
}
