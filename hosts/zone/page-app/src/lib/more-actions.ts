'use server';

import { callHubspot, constructed, logged } from './snippets';

/** The page's call with a credential; it returns nothing. */
export async function callProvider(): Promise<string> {
	await callHubspot(await constructed());
	return 'The provider was called.';
}

/** The page's call whose failure is an ApiError. */
export async function failing(): Promise<string> {
	try {
		await logged(await constructed(), {});
		return 'It was not refused.';
	} catch (error) {
		return error instanceof Error ? error.name : 'no error';
	}
}
