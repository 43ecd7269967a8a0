import type { ProfileName } from '../profile.ts';
import { STYLES } from './assets.ts';
import { type Html, html } from './html.ts';

const NAVIGATION = [
	['/', 'Requests'],
	['/console/runs', 'Runs'],
	['/console/chat', 'Chat'],
	['/console/triggers', 'Triggers'],
	['/console/callbacks', 'Callbacks'],
	['/console/faults', 'Faults'],
	['/console/connect', 'Connect'],
	['/console/operations', 'API'],
] as const;

export type Section = (typeof NAVIGATION)[number][0];

export interface Page {
	readonly title: string;
	readonly section: Section;
	readonly body: Html;
	/** A module of the page's own. */
	readonly script?: string;
}

/** The frame around each page. `position` is where its live lists go on from. */
export function document(
	{ title, section, body, script }: Page,
	profile: ProfileName,
	position: string,
): Html {
	return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Zihin sandbox</title>
<link rel="icon" href="/console/icon.svg">
${STYLES.map(name => html`<link rel="stylesheet" href="/console/${name}">`)}
<script type="module" src="/console/live.js"></script>
<script type="module" src="/console/controls.js"></script>
${script !== undefined && html`<script type="module" src="/console/${script}"></script>`}
</head>
<body data-position="${position}">
<a class="skip" href="#main">Skip to the content</a>
<header>
<p class="brand"><a href="/">Zihin sandbox</a>${profile === 'bare' && html` <span class="badge quiet">bare profile</span>`}<span id="connection" class="badge quiet" role="status" hidden>offline</span></p>
<nav aria-label="Pages"><ul>${NAVIGATION.map(
		([path, name]) =>
			html`<li><a href="${path}"${path === section && html` aria-current="page"`}>${name}</a></li>`,
	)}</ul></nav>
</header>
<main id="main" tabindex="-1">
<h1>${title}</h1>
${body}
</main>
<p id="news" class="unseen" role="status" aria-live="polite"></p>
<p id="failure" role="alert" hidden></p>
</body>
</html>
`;
}
