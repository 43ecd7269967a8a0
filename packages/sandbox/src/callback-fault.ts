/**
 * What can go wrong with a callback on purpose. `callback-late` comes `delayMs` later (default a minute);
 * `callback-early` says that a run is finished before its dispatch was even answered; `callback-forged` and
 * `callback-foreign` send another message ahead of the true one; a `callback-lost` is never sent.
 */
export type CallbackFault =
	| {
			readonly name:
				| 'callback-duplicate'
				| 'callback-early'
				| 'callback-forged'
				| 'callback-foreign'
				| 'callback-lost';
	  }
	| { readonly name: 'callback-late'; readonly delayMs?: number };

export const LATE_MS = 60_000;
