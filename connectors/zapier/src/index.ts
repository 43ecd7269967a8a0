import { OPERATIONS } from '@zihin/connector-kit';
import { defineApp, version as platformVersion } from 'zapier-platform-core';
import packageJson from '../package.json' with { type: 'json' };
import { authentication } from './authentication.ts';
import { creates } from './creates.ts';
import { dispatchAgentAndWait } from './dispatch-and-wait.ts';
import { lists } from './lists.ts';
import { agentRunFinished } from './run-finished.ts';
import { searches } from './searches.ts';

const { label, description } = OPERATIONS.findOrCreateTrigger;

export default defineApp({
	version: packageJson.version,
	platformVersion,
	authentication,
	triggers: { agent_run_finished: agentRunFinished, ...lists },
	searches,
	creates: { ...creates, dispatch_agent_and_wait: dispatchAgentAndWait },
	searchOrCreates: {
		find_trigger: {
			key: 'find_trigger',
			display: { label, description },
			search: 'find_trigger',
			create: 'create_trigger',
		},
	},
});
