import { type Html, html } from './html.ts';

export type Tone = 'good' | 'bad' | 'busy' | 'quiet';

/** A word that a colour underlines; it is never the colour alone that says it. */
export function badge(text: string, tone: Tone): Html {
	return html`<span class="badge ${tone}">${text}</span>`;
}

export function time(at: number): Html {
	const date = new Date(at);
	const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(part =>
		String(part).padStart(2, '0'),
	);
	return html`<time datetime="${date.toISOString()}" title="${date.toISOString()}">${clock.join(':')}</time>`;
}

export function duration(ms: number): string {
	if (ms < 1_000) return `${Math.round(ms)} ms`;
	return ms < 60_000 ? `${(ms / 1_000).toFixed(1)} s` : `${(ms / 60_000).toFixed(1)} min`;
}

export function size(bytes: number): string {
	return bytes < 1_024 ? `${bytes} bytes` : `${(bytes / 1_024).toFixed(1)} KiB`;
}

/** The text, and a button that copies it. */
export function copyable(text: string, what: string): Html {
	return html`<span class="copyable"><code>${text}</code><button type="button" class="small" data-copy="${text}" aria-label="Copy ${what}">Copy</button></span>`;
}

/** A command of several lines, and a button that copies it. */
export function command(text: string, what: string): Html {
	return html`<div class="command"><pre tabindex="0" aria-label="${what}">${text}</pre><button type="button" class="small" data-copy="${text}" aria-label="Copy ${what}">Copy</button></div>`;
}

/** Text in which backticks mark code. */
export function prose(text: string): Html[] {
	return text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : html`${part}`));
}

/** Said in place of rows, as long as there are none. */
export function nothing(about: unknown): Html {
	return html`<div class="empty">${about}</div>`;
}

export function shortened(text: string, chars: number): string {
	return text.length <= chars ? text : `${text.slice(0, chars)}…`;
}
