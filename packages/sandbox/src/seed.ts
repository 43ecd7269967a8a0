/** What every sandbox starts with. None of it ever changes, so that it can be pasted into a connection once. */

/** One API key per role. They open nothing but a sandbox on this machine. */
export const SANDBOX_KEYS = {
	owner: 'zhn_test_owner_b93e6a0d52c8471f9e1d7f3a64c0b825',
	admin: 'zhn_test_admin_4f1c2b7a9d3e58061b7c4d92e0a8f635',
	editor: 'zhn_test_editor_8a2d6e0f3b9c47152e6d8f01c3a5b794',
	member: 'zhn_test_member_c07e5d1a6b3f48299d0e2c4b6a8f1753',
} as const;

/** The id of the seeded agent, which answers from a folder of Markdown. */
export const SANDBOX_AGENT_ID = '5b0c1f52-7c1e-4a53-9d0a-2f6c1f0e8a11';

/** The one tenant that all seeded keys belong to. */
export const SANDBOX_TENANT_ID = '0f8e3a64-19b7-4c2d-8e55-b1a0d7c9f3e2';
