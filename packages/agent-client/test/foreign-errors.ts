/** How the redaction cases describe an error of someone else's making. */
export interface ErrorRecipe {
	readonly name?: string;
	readonly message?: string;
	readonly code?: string;
	readonly cause?: ErrorRecipe | string;
	readonly errors?: readonly ErrorRecipe[];
	readonly causeSelf?: boolean;
	readonly causeDepth?: number;
	readonly leaf?: string;
	readonly throwingGetter?: string | boolean;
	readonly ownStack?: string;
	readonly mapHeaders?: Readonly<Record<string, string>>;
	readonly symbolProp?: string;
	readonly extra?: unknown;
	readonly config?: unknown;
	readonly request?: unknown;
	readonly response?: unknown;
	readonly thrown?: unknown;
}

/** Builds the error, or the raw value that was thrown instead of one. */
export function buildError(recipe: ErrorRecipe | string): unknown {
	if (typeof recipe === 'string') return recipe;
	if ('thrown' in recipe) return recipe.thrown;
	const { message = '' } = recipe;
	const error =
		recipe.errors === undefined
			? new Error(message)
			: new AggregateError(recipe.errors.map(buildError), message);
	if (recipe.name !== undefined) error.name = recipe.name;
	if (recipe.ownStack !== undefined) error.stack = recipe.ownStack;
	if (recipe.cause !== undefined) error.cause = buildError(recipe.cause);
	if (recipe.causeSelf) error.cause = error;
	if (recipe.causeDepth !== undefined) error.cause = chain(recipe.causeDepth, recipe.leaf ?? '');
	if (recipe.throwingGetter) {
		Object.defineProperty(error, 'cause', {
			enumerable: true,
			get: () => {
				throw new Error(`getter ${message}`);
			},
		});
	}
	const { code, extra, config, request, response } = recipe;
	const own = { code, extra, config, request, response };
	Object.assign(error, Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined)));
	if (recipe.mapHeaders !== undefined) Object.assign(error, { headers: new Headers(recipe.mapHeaders) });
	if (recipe.symbolProp !== undefined) Object.assign(error, { [Symbol('secret')]: recipe.symbolProp });
	return error;
}

function chain(depth: number, leaf: string): Error {
	let error = new Error(leaf);
	for (let level = 1; level < depth; level++) error = new Error(`level ${level}`, { cause: error });
	return error;
}
