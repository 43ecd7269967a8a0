/**
 * What a host is, as far as its spelling tells. `never`: link-local, metadata services, multicast, unspecified
 * and reserved addresses. Nothing is resolved: a public name may still lead to a private address.
 */
export type HostClass = 'public' | 'private' | 'loopback' | 'never';

/** @param host a host as `new URL` spells it: lower case, IPv4 in dotted decimals, IPv6 in brackets */
export function classifyHost(host: string): HostClass {
	if (host.startsWith('[')) return classifyIpv6(parseIpv6(host.slice(1, -1)));
	// A name never ends in a number: `new URL` takes what does for an IPv4 address.
	return /\.\d+$/.test(host) ? classifyIpv4(parseIpv4(host)) : classifyName(host);
}

const LOOPBACK_NAMES = new Set(['localhost', 'localhost.localdomain', 'ip6-localhost', 'ip6-loopback']);
const METADATA_NAMES = new Set([
	'metadata',
	'metadata.google.internal',
	'metadata.goog',
	'metadata.azure.internal',
	'instance-data',
	'instance-data.ec2.internal',
]);
const PRIVATE_SUFFIXES = ['.local', '.lan', '.internal', '.home.arpa', '.svc', '.localdomain'];

function classifyName(name: string): HostClass {
	if (METADATA_NAMES.has(name)) return 'never';
	if (LOOPBACK_NAMES.has(name) || name.endsWith('.localhost')) return 'loopback';
	if (!name.includes('.') || PRIVATE_SUFFIXES.some(suffix => name.endsWith(suffix))) return 'private';
	return 'public';
}

/** Prefixes and what they mean, the first match wins. Sources: the IANA special-purpose registries. */
const IPV4_RANGES: readonly (readonly [string, number, HostClass])[] = [
	['100.100.100.200', 32, 'never'],
	['168.63.129.16', 32, 'never'],
	['192.0.0.192', 32, 'never'],
	['0.0.0.0', 8, 'never'],
	['169.254.0.0', 16, 'never'],
	['224.0.0.0', 3, 'never'],
	['127.0.0.0', 8, 'loopback'],
	['10.0.0.0', 8, 'private'],
	['100.64.0.0', 10, 'private'],
	['172.16.0.0', 12, 'private'],
	['192.0.0.0', 24, 'private'],
	['192.0.2.0', 24, 'private'],
	['192.88.99.0', 24, 'private'],
	['192.168.0.0', 16, 'private'],
	['198.18.0.0', 15, 'private'],
	['198.51.100.0', 24, 'private'],
	['203.0.113.0', 24, 'private'],
];

function classifyIpv4(address: number): HostClass {
	for (const [prefix, bits, hostClass] of IPV4_RANGES) {
		if (address >>> (32 - bits) === parseIpv4(prefix) >>> (32 - bits)) return hostClass;
	}
	return 'public';
}

function parseIpv4(text: string): number {
	return text.split('.').reduce((value, part) => value * 256 + Number(part), 0);
}

/** The eight groups of an address in the form that `new URL` gives: hexadecimal, at most one `::`. */
function parseIpv6(text: string): readonly number[] {
	const groups = (part: string) => part.split(':').filter(group => group !== '');
	const zeros = '0:'.repeat(8 - groups(text).length);
	return groups(text.replace('::', `:${zeros}`)).map(group => Number.parseInt(group, 16));
}

function classifyIpv6(groups: readonly number[]): HostClass {
	const group = (index: number) => groups[index] ?? 0;
	const ipv4At = (index: number) => group(index) * 65_536 + group(index + 1);
	const startsWith = (...prefix: number[]) => prefix.every((value, index) => group(index) === value);

	if (startsWith(0, 0, 0, 0, 0, 0, 0, 1)) return 'loopback';
	if (startsWith(0, 0, 0, 0, 0, 0)) return classifyIpv4(ipv4At(6));
	if (startsWith(0, 0, 0, 0, 0, 0xffff)) return classifyIpv4(ipv4At(6));
	if (startsWith(0x64, 0xff9b, 0, 0, 0, 0)) return classifyIpv4(ipv4At(6));
	if (startsWith(0x2002)) return classifyIpv4(ipv4At(1));
	if (startsWith(0xfd00, 0xec2) && ipv4At(6) === 0x254) return 'never';
	if (startsWith(0xfd20, 0xce) && ipv4At(6) === 0x254) return 'never';
	const top = group(0);
	if (top >= 0xff00 || (top & 0xffc0) === 0xfe80) return 'never';
	// Only 2000::/3 is handed out; Teredo, benchmarking and documentation ranges inside it are not.
	const handedOut = (top & 0xe000) === 0x2000;
	const special =
		(top === 0x2001 && (group(1) < 0x200 || group(1) === 0xdb8)) || (top === 0x3fff && group(1) < 0x1000);
	return handedOut && !special ? 'public' : 'private';
}
