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
	/** Runs a step. */
	| {
			readonly kind: 'run';
			readonly action: string;
			readonly connection: Values;
			readonly propsValue: Values;
	  };

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
	| { readonly ok: true; readonly output: unknown }
	| { readonly ok: false; readonly error: LoggedError }
) & {
	/** The names of the process's environment variables that loading the piece or calling it has changed. */
	readonly changedEnvironment: readonly string[];
};
