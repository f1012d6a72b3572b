import { createAddressRule, isClosedHost, isNetwork } from './public-address.js';

const closed = { allowLoopback: false, allowNetworks: [] };
const mayConnect = createAddressRule(closed);

describe('an address that may be connected to', () => {
  it.each(['1.1.1.1', '8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2a00:1450::5e'])(
    'is a public one: %s',
    (address) => {
      expect(mayConnect(address, 'https:')).toBe(true);
      // Nothing goes out of this machine in clear.
      expect(mayConnect(address, 'http:')).toBe(false);
    },
  );

  it.each([
    ...['0.0.0.0', '0.1.2.3', '10.0.0.1', '10.255.255.255', '100.64.0.1', '100.127.255.255'],
    ...['127.0.0.1', '127.255.0.1', '169.254.169.254', '172.16.0.1', '172.31.255.255'],
    ...['192.0.0.192', '192.0.2.1', '192.88.99.1', '192.168.1.1', '198.18.0.1', '198.19.0.1'],
    ...['198.51.100.1', '203.0.113.1', '224.0.0.1', '239.1.1.1', '240.0.0.1', '255.255.255.255'],
    ...['::', '::1', '::ffff:10.0.0.1', '::ffff:127.0.0.1', '::ffff:1.1.1.1', '::ffff:a00:1'],
    ...['::127.0.0.1', '64:ff9b::a00:1', '64:ff9b:1::1', '100::1', '2001::1', '2001:db8::1'],
    ...['2002:a00:1::', '2002:7f00:1::1', '3fff::1', '5f00::1', 'fc00::1', 'fd00:ec2::254'],
    ...['fe80::1', 'fe80::1%eth0', 'fec0::1', 'ff02::1', '2606:4700::1111%eth0'],
    ...['', 'localhost', '1.1.1', '1.1.1.1.1', '0x7f.1', '2130706433', '1.1.1.1 ', '[::1]', 'null'],
  ])('is not %s', (address) => {
    expect(mayConnect(address, 'https:')).toBe(false);
    expect(mayConnect(address, 'http:')).toBe(false);
  });

  it('is of this machine where that is allowed, in clear too', () => {
    const rule = createAddressRule({ ...closed, allowLoopback: true });
    for (const address of ['127.0.0.1', '127.1.2.3', '::1']) {
      expect([rule(address, 'https:'), rule(address, 'http:')]).toEqual([true, true]);
    }
    expect([rule('10.0.0.1', 'https:'), rule('0.0.0.0', 'https:')]).toEqual([false, false]);
  });

  it('is of a network that is allowed, and never one where a cloud hands out its secrets', () => {
    const allowNetworks = ['10.20.0.0/16', 'fd12::/16', '0.0.0.0/0', '::/0'];
    const rule = createAddressRule({ ...closed, allowNetworks });
    expect([rule('10.20.3.4', 'https:'), rule('fd12::5', 'https:')]).toEqual([true, true]);
    expect(rule('10.20.3.4', 'http:')).toBe(false);
    for (const address of [
      ...['127.0.0.1', '169.254.169.254', '0.0.0.0', '224.0.0.1', '168.63.129.16'],
      ...['100.100.100.200', '192.0.0.192', '::1', '::ffff:169.254.169.254', 'fd00:ec2::254'],
      ...['fe80::1', 'ff02::1', '64:ff9b::a9fe:a9fe'],
    ]) {
      expect([address, rule(address, 'https:')]).toEqual([address, false]);
    }
    const narrow = createAddressRule({ ...closed, allowNetworks: ['10.20.0.0/16'] });
    expect([narrow('10.21.0.1', 'https:'), narrow('fd12::5', 'https:')]).toEqual([false, false]);
  });
});

test.each(['https://127.1/', 'https://0x7f000001/', 'https://2130706433/', 'https://[::1]/'])(
  'the host of %s is closed, however it is written',
  (url) => {
    expect(isClosedHost(new URL(url), createAddressRule(closed))).toBe(true);
    expect(isClosedHost(new URL(url), createAddressRule({ ...closed, allowLoopback: true }))).toBe(
      false,
    );
  },
);

test('a name is looked up later, but for localhost', () => {
  expect(isClosedHost(new URL('https://rp.example/'), createAddressRule(closed))).toBe(false);
  expect(isClosedHost(new URL('https://localhost/'), createAddressRule(closed))).toBe(true);
});

test.each<[string, boolean]>([
  ['10.0.0.0/8', true],
  ['fd00::/8', true],
  ['10.0.0.0', false],
  ['10.0.0.0/33', false],
  ['10.0.0/8', false],
  ['example.com/8', false],
  ['fd00::/129', false],
  ['/8', false],
  ['10.0.0.0/-1', false],
])('%s is a network: %s', (text, expected) => {
  expect(isNetwork(text)).toBe(expected);
});
