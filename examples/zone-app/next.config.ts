import type { NextConfig } from 'next';

/** A zone that does not know its place would be built well, and never be found. */
function required(name: string): string {
	const value = process.env[name];
	if (value) return value;
	throw new Error(`${name} is not set: put it into .env.local, or into the environment of the build.`);
}

const place = `${required('ZONE_ORG_SLUG')}/${required('ZONE_AGENT_SLUG')}`;
const platform = new URL(required('PLATFORM_ORIGIN'));

export default {
	basePath: `/${place}/app`,
	assetPrefix: `/assets/${place}`,
	// Server actions are asked for by pages that the browser has from the platform.
	experimental: { serverActions: { allowedOrigins: [platform.host] } },
	// The same for what `next dev` sends to the page while you edit.
	allowedDevOrigins: [platform.hostname],
	turbopack: { root: process.cwd() },
} satisfies NextConfig;
