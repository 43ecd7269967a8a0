import { html } from 'hono/html';

export { html };

/** Markup in which everything that was put in is escaped. */
export type Html = ReturnType<typeof html>;

export const NOTHING = html``;
