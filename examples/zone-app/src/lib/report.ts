/** What this zone's agent returns. */
export interface Report {
	readonly title: string;
	readonly summary: string;
	readonly pdfUrl: string;
}

/** An agent's output is whatever the agent made it: it is looked at before it is shown. */
export function reportOf(output: Record<string, unknown> | null): Report {
	const { title, summary, pdfUrl } = output ?? {};
	if (typeof title !== 'string' || typeof summary !== 'string') {
		throw new Error('The agent returned something else than a report.');
	}
	// A link is followed by whoever reads the page: it must not be a script.
	if (typeof pdfUrl !== 'string' || !/^https:\/\//.test(pdfUrl)) {
		throw new Error("The agent's report has no address.");
	}
	return { title, summary, pdfUrl };
}
