// Writes down what a version that was just published promises to saved Zaps: `pnpm run published`.
import { writeFile } from 'node:fs/promises';
import { readDefinition } from './definition.ts';
import { surfaceOf } from './surface.ts';

const file = new URL('published.json', import.meta.url);
await writeFile(file, `${JSON.stringify(surfaceOf(await readDefinition()), null, '\t')}\n`);
