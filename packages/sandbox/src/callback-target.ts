import { lookup as resolve } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/**
 * Where a callback may never go, even from a machine of one's own: link-local and cloud metadata addresses,
 * multicast, unspecified, and the IPv6 forms that carry an IPv4 address inside. Loopback and private addresses
 * are allowed, because that is where the receivers of a local tool are.
 */
const forbidden = new BlockList();
forbidden.addSubnet('0.0.0.0', 8);
forbidden.addSubnet('169.254.0.0', 16);
forbidden.addAddress('100.100.100.200');
forbidden.addAddress('168.63.129.16');
forbidden.addSubnet('224.0.0.0', 3);
forbidden.addAddress('::', 'ipv6');
forbidden.addSubnet('fe80::', 10, 'ipv6');
forbidden.addSubnet('ff00::', 8, 'ipv6');
forbidden.addAddress('fd00:ec2::254', 'ipv6');
forbidden.addSubnet('64:ff9b::', 96, 'ipv6');
forbidden.addSubnet('2002::', 16, 'ipv6');

/** Why callbacks cannot be sent to this URL, if they cannot. Names are judged again when they are resolved. */
export function targetRefusal(raw: string): string | undefined {
	const url = URL.canParse(raw) ? new URL(raw) : undefined;
	if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) return 'Expected an http(s) URL';
	if (url.username !== '' || url.password !== '') return 'The URL must not contain credentials';
	if (raw.includes('#')) return 'The URL must not contain a fragment';
	const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
	if (isForbiddenAddress(host) || host === 'metadata.google.internal') {
		return 'Callbacks are not sent to link-local, metadata or multicast addresses';
	}
	return undefined;
}

/** A DNS lookup for the connection itself: what was checked is what is connected to. */
export const guardedLookup: LookupFunction = (hostname, options, callback) => {
	resolve(hostname, { ...options, all: true }, (error, addresses) => {
		const first = addresses?.[0];
		if (error || !first) callback(error ?? new Error('The name has no address.'), '');
		else if (addresses.some(({ address }) => isForbiddenAddress(address))) {
			callback(new Error('The name leads to an address that callbacks are not sent to.'), '');
		} else if (options.all) callback(null, addresses);
		else callback(null, first.address, first.family);
	});
};

function isForbiddenAddress(host: string): boolean {
	const family = isIP(host);
	return family !== 0 && forbidden.check(host, family === 6 ? 'ipv6' : 'ipv4');
}
