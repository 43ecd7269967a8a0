const ODD =
	'{{name}} {{bundle.x}} {{bundle.inputData.x}} {{process.env.PATH}} ={{ $json.x }} \u0024{x} </script> "\\ \u0007\u001b\u007f 🚀👩‍👩‍👧 é e\u0301 \u2028\r\n\t';

/** Prompts that a platform's templates, an HTML page or a careless JSON writer would damage. */
export const ODD_PROMPTS = {
	'templates, markup, control characters and emoji': `forecast ${ODD}`,
	'20,000 characters': `forecast ${ODD}`.repeat(400).slice(0, 20_000),
	'nothing but a template': '{{name}}',
} as const;
