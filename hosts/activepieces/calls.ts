/** What the platform's server asks of a piece, and what it gets: all that passes between the two processes. */

/** The values of a form, or of a connection. */
export type Values = Readonly<Record<string, unknown>>;

export type PieceCall =
	/** Reads what the piece says of itself. */
	| { readonly kind: 'metadata' }
	/** Tests a connection before it is stored. */
	| { readonly kind: 'validate'; readonly connection: Values }
	/** Asks a dropdown for its options. Without a connection, none was picked yet. */
	| {
			readonly kind: 'options';
			readonly action: string;
			readonly property: string;
			readonly connection?: Values;
			readonly searchValue?: string;
	  }
	/** Runs a step; with `resume`, one that was paused. */
	| {
			readonly kind: 'run';
			readonly action: string;
			readonly connection: Values;
			readonly propsValue: Values;
			readonly runId?: string;
			readonly stepName?: string;
			readonly resume?: { readonly payload: ResumePayload | null };
	  }
	/** Calls a hook of a trigger. */
	| {
			readonly kind: 'hook';
			readonly trigger: string;
			readonly hook: 'onEnable' | 'onDisable' | 'run' | 'test';
			readonly connection: Values;
			readonly propsValue: Values;
			readonly webhookUrl: string;
			readonly payload?: WebhookPayload;
	  };

/** The request that ended a pause. */
export interface ResumePayload {
	readonly body: unknown;
	/** Names in lower case. */
	readonly headers: Readonly<Record<string, string>>;
	readonly queryParams: Readonly<Record<string, string>>;
}

/** A request to a flow's webhook. */
export interface WebhookPayload extends ResumePayload {
	readonly method: string;
	readonly rawBody: string;
}

/** What a piece may ask of the platform while it is called. */
export interface Services {
	get(key: string): unknown;
	put(key: string, value: unknown): unknown;
	delete(key: string): void;
	createWaitpoint(params: { type: 'DELAY' | 'WEBHOOK'; resumeDateTime?: string }): {
		readonly id: string;
		readonly resumeUrl: string;
	};
}

export type Ask = {
	[Name in keyof Services]: { readonly service: Name; readonly args: Parameters<Services[Name]> };
}[keyof Services];

/** An error as the platform keeps it in the log of a run, where every member of the project reads it. */
export interface LoggedError {
	readonly message: string;
	readonly errorName: string;
	/** What hangs on the error, each as a console shows it. */
	readonly properties: Readonly<Record<string, string>>;
	/** The error as a console shows it. */
	readonly raw: string;
}

export type Outcome = (
	| {
			readonly ok: true;
			readonly output: unknown;
			/** Where the step has paused. */
			readonly waitpointId?: string;
	  }
	| { readonly ok: false; readonly error: LoggedError }
) & {
	/** The names of the process's environment variables that loading the piece or calling it has changed. */
	readonly changedEnvironment: readonly string[];
};

/** From the process of a call. */
export type FromPiece = { readonly outcome: Outcome } | { readonly askId: number; readonly ask: Ask };

/** To the process of a call. */
export type ToPiece =
	| { readonly entry: string; readonly call: PieceCall }
	| { readonly askId: number; readonly answer: unknown }
	| { readonly askId: number; readonly refusal: string };
