import type { IDataDeduplicator } from 'n8n-workflow';
import { core } from './n8n.mts';

const remembered = new Set<string>();
const unsupported = () => Promise.reject(new Error('This host remembers, and no more.'));

/** What n8n keeps in its database of the items that a node has seen. */
const DEDUPLICATOR: IDataDeduplicator = {
	checkProcessedAndRecord: async (items, _scope, { node }) => {
		const fresh = items.filter(item => !remembered.has(`${node?.id} ${item}`));
		for (const item of fresh) remembered.add(`${node?.id} ${item}`);
		return { new: fresh, processed: items.filter(item => !fresh.includes(item)) };
	},
	removeProcessed: unsupported,
	clearAllProcessedItems: unsupported,
	getProcessedDataCount: unsupported,
};

await core.DataDeduplicationService.init(DEDUPLICATOR);
