import { join, resolve } from 'node:path';

export const HERE = import.meta.dirname;
export const ROOT = resolve(HERE, '../..');
export const SDK = join(ROOT, 'packages', 'cxpa-sdk');
export const EXAMPLE = join(ROOT, 'examples', 'zone-app');
/** A folder for each app that is built here. */
export const WORK = join(HERE, '.work');
