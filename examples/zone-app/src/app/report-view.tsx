import type { ReactNode } from 'react';
import type { Report } from '../lib/report';

export function ReportView({ report: { title, summary, pdfUrl } }: { readonly report: Report }) {
	return (
		<article>
			<h3>{title}</h3>
			<p>{summary}</p>
			<p>
				<a href={pdfUrl}>Read it as a PDF</a>
			</p>
		</article>
	);
}

/** In its place on the page, instead of an error page in place of the page. */
export function Failure({ children }: { readonly children: ReactNode }) {
	return <p role="alert">{children}</p>;
}
