/** The checks in a page: it asks its own server where things are, and tells it what became of them. */
import { runSmoke } from './smoke.ts';

const wire = await fetch('/wire').then(answer => answer.json());
await fetch('/outcomes', { method: 'POST', body: JSON.stringify(await runSmoke(wire)) });
