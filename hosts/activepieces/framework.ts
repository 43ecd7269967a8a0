/** The platform's types, of the version that the connector is built with: this folder installs nothing of its own. */
export type {
	ActionContext,
	CreateWaitpointParams,
	CustomAuthProperty,
	CustomAuthProps,
	InputPropertyMap,
	Piece,
	PropertyContext,
	TestOrRunHookContext,
	TriggerStrategy,
} from '../../connectors/activepieces/node_modules/@activepieces/pieces-framework/src/index.js';
