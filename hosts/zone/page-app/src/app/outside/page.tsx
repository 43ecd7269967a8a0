import { getSession } from '@cxpa/sdk/zone';

export const dynamic = 'force-dynamic';

/** The matcher misses this one. */
export default async function Outside() {
	const who = await getSession().then(
		({ claims }) => `${claims.role} of ${claims.orgSlug}`,
		(error: unknown) => (error instanceof Error ? error.name : 'no error'),
	);
	return <p>{who}</p>;
}
