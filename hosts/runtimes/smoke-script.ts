/** The checks as a program, on runtimes that have a command line. */
import { runSmoke } from './smoke.ts';

console.log(JSON.stringify(await runSmoke(JSON.parse(process.argv[2] ?? ''))));
