#!/usr/bin/env node
// Plain JavaScript that old versions of Node can read, because its first task is to tell them apart.
import module from 'node:module';

const [major, minor] = process.versions.node.split('.').map(Number);

// The minor version with which full-text search came to node:sqlite.
const firstMinor = { 22: 16, 23: 11 };

if (major < 22 || minor < (firstMinor[major] ?? 0)) {
	console.error(`zihin-sandbox needs Node 22.16 or newer; this is ${process.versions.node}.`);
	process.exitCode = 1;
} else {
	const emitWarning = process.emitWarning;
	process.emitWarning = (warning, ...rest) => {
		// Known, and nothing its reader could act on. Every other warning is shown.
		if (/SQLite is an experimental feature/.test(String(warning))) return;
		emitWarning.call(process, warning, ...rest);
	};
	// Compiling what it is made of takes most of the time until the sandbox is ready.
	module.enableCompileCache();
	import('../dist/cli.js');
}
