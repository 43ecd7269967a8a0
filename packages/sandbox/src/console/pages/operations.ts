import type { Platform } from '../../openapi/platform.ts';
import { type Html, html } from '../html.ts';

const NEEDS: Readonly<Record<string, string>> = { anyone: 'nothing', trigger: 'what the trigger asks for' };

export function operationsPage(platforms: readonly Platform[]): Html {
	return html`<p class="lead">What the sandbox speaks. <a href="/openapi.json">The OpenAPI document</a> says it with every field, and of each field whether the vendor documents it.</p>
${platforms.map(
	({ name, about, operations }) => html`<h2>${name}</h2>
<p>${about}</p>
<table><thead><tr><th scope="col">Call</th><th scope="col">What it does</th><th scope="col" class="wide">Needs</th></tr></thead><tbody>${operations.map(
		({ method, path, summary, access }) =>
			html`<tr><th scope="row" class="path"><b>${method.toUpperCase()}</b> ${path}</th><td>${summary}</td><td class="wide">${NEEDS[access] ?? html`<code>${access}</code>`}</td></tr>`,
	)}</tbody></table>`,
)}`;
}
