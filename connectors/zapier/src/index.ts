import { defineApp, version as platformVersion } from 'zapier-platform-core';
import packageJson from '../package.json' with { type: 'json' };
import { agentList, listAgents } from './agents.ts';
import { authentication } from './authentication.ts';
import { creates } from './creates.ts';

export default defineApp({
	version: packageJson.version,
	platformVersion,
	authentication,
	triggers: { agent_list: agentList },
	searches: { list_agents: listAgents },
	creates,
});
