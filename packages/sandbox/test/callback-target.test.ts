import { expect, test } from 'vitest';
import { guardedLookup, targetRefusal } from '../src/callback-target.ts';

test.each([
	'http://127.0.0.1:5678/webhook',
	'http://localhost:5678/webhook?token=1',
	'http://[::1]:5678/',
	'http://192.168.1.10/hook',
	'http://host.docker.internal:5678/',
	'https://example.com/hook?signature=abc',
])('%s may be called', url => {
	expect(targetRefusal(url)).toBeUndefined();
});

test.each([
	'http://169.254.169.254/latest/meta-data',
	'http://169.254.1.1/',
	'http://2852039166/',
	'http://0xa9fea9fe/',
	'http://0251.0376.0251.0376/',
	'http://[::ffff:169.254.169.254]/',
	'http://[64:ff9b::a9fe:a9fe]/',
	'http://[2002:a9fe:a9fe::]/',
	'http://[fe80::1]/',
	'http://[fd00:ec2::254]/',
	'http://100.100.100.200/',
	'http://168.63.129.16/',
	'http://metadata.google.internal/',
	'http://metadata.google.internal./',
	'http://0.0.0.0/',
	'http://[::]/',
	'http://224.0.0.1/',
	'http://255.255.255.255/',
	'http://[ff02::1]/',
	'https://user:pass@example.com/',
	'https://example.com/#fragment',
	'https://example.com/#',
	'ftp://example.com/',
	'file:///etc/passwd',
	'javascript:alert(1)',
	'example.com',
	'',
])('%s may never be called', url => {
	expect(targetRefusal(url)).toEqual(expect.any(String));
});

test('a name is judged by the address that it leads to, at the moment of connecting', async () => {
	const resolved = await new Promise<unknown[]>(resolve =>
		guardedLookup('localhost', { all: true }, (...result) => resolve(result)),
	);
	expect(resolved[0]).toBeNull();
	expect(resolved[1]).toContainEqual(
		expect.objectContaining({ address: expect.stringMatching(/^127\.|^::1$/) }),
	);
	const refused = await new Promise<unknown>(resolve => guardedLookup('169.254.169.254', {}, resolve));
	expect(refused).toEqual(new Error('The name leads to an address that callbacks are not sent to.'));
});
