/** How the piece is bundled, and what it is measured beside. */
export const BUNDLE = /** @type {const} */ ({
	bundle: true,
	format: 'cjs',
	platform: 'node',
	target: 'node20',
	minify: true,
	// The platform finds the piece by its class's name, which minifying alone would shorten.
	keepNames: true,
	logLevel: 'warning',
});
