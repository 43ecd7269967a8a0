/** The checks inside a Worker: `workerd test` calls this handler. */
import { runSmoke } from './smoke.ts';

export default {
	async test(_controller: unknown, env: { readonly WIRE: string }): Promise<void> {
		console.log(JSON.stringify(await runSmoke(JSON.parse(env.WIRE))));
	},
};
