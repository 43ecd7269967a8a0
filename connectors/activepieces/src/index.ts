import { createPiece, PieceBase } from '@activepieces/pieces-framework';
import { actions } from './actions/index.ts';
import { auth } from './auth.ts';
import { agentRunFinished } from './triggers/agent-run-finished.ts';

/** Read off the framework's own schema: the package that names the categories is not published for pieces. */
const { ARTIFICIAL_INTELLIGENCE } = PieceBase.shape.categories.unwrap().element.enum;

const LOGO =
	'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" rx="14" fill="#1f2a44"/><path d="M19 19h26L19 45h26" fill="none" stroke="#fff" stroke-width="6" stroke-linecap="round" stroke-linejoin="round"/></svg>';

export const zihin = createPiece({
	displayName: 'Zihin',
	description: 'Put Zihin AI agents to work in a flow.',
	logoUrl: `data:image/svg+xml,${encodeURIComponent(LOGO)}`,
	// The first release whose context this framework version speaks.
	minimumSupportedRelease: '0.82.0',
	categories: [ARTIFICIAL_INTELLIGENCE],
	authors: [],
	auth,
	actions,
	triggers: [agentRunFinished],
});
