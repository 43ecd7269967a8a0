/** What every process of one n8n is told, so that it needs no internet and nothing of this machine. */
export function environmentOf({ home, url }: { readonly home: string; readonly url: string }) {
	return {
		N8N_USER_FOLDER: home,
		N8N_LISTEN_ADDRESS: '127.0.0.1',
		N8N_HOST: '127.0.0.1',
		N8N_PROTOCOL: 'http',
		N8N_WEBHOOK_URL: url,
		N8N_EDITOR_BASE_URL: url,
		N8N_ENCRYPTION_KEY: 'only-for-tests',
		N8N_SECURE_COOKIE: 'false',
		N8N_COMMUNITY_PACKAGES_ENABLED: 'true',
		// At a higher level `n8n execute` prints no result.
		N8N_LOG_LEVEL: 'info',
		GENERIC_TIMEZONE: 'UTC',
		N8N_DIAGNOSTICS_ENABLED: 'false',
		N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
		N8N_TEMPLATES_ENABLED: 'false',
		N8N_PERSONALIZATION_ENABLED: 'false',
		N8N_HIRING_BANNER_ENABLED: 'false',
		N8N_DYNAMIC_BANNERS_ENABLED: 'false',
		N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
		EXTERNAL_FRONTEND_HOOKS_URLS: '',
		// Parts that call home at the start, or that nothing here uses.
		N8N_DISABLED_MODULES:
			'mcp-registry,instance-ai,agents,mcp,chat-hub,insights,source-control,external-secrets,sso-oidc,sso-saml,ldap,log-streaming,otel,quick-connect,workflow-builder,breaking-changes,provisioning',
	};
}
