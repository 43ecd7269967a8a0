/**
 * Waits for a server action. One that never reached the zone rejects, for instance with the 401 of an expired
 * session; the page gets it in the shape of every other failure.
 */
export async function asked<Answer>(answer: Promise<Answer>): Promise<Answer | { error: string }> {
	try {
		return await answer;
	} catch {
		return { error: 'The zone could not be asked. Your session may have expired: reload the page.' };
	}
}
