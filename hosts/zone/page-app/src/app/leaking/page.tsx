import { getZoneToken } from '@cxpa/sdk/zone';

/** What no zone may do: the proof that no token leaks has to notice it. */
export default async function Leaking() {
	return <p title={await getZoneToken()}>The token is in this page.</p>;
}
