const place = `${process.env.ZONE_ORG_SLUG}/${process.env.ZONE_AGENT_SLUG}`;

export default {
	basePath: `/${place}/app`,
	assetPrefix: `/assets/${place}`,
	turbopack: { root: process.cwd() },
};
