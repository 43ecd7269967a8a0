// Runs both legs of n8n's package scanner: over the sources in one folder, and over the packed files in another.
import { analyzePackage, SOURCE_FILE_PATTERNS } from '@n8n/scan-community-package/scanner/scanner.mjs';

const [sources, packed] = process.argv.slice(2);
const results = [
	await analyzePackage(sources, SOURCE_FILE_PATTERNS),
	await analyzePackage(packed, ['**/*.js', 'package.json']),
];
console.log(JSON.stringify(results));
