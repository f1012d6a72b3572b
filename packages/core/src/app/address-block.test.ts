import { addressBlock } from './address-block.js';

describe('the network of an address', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2ab:3:4:5:6', '2001:db8:1:2ab::/64'],
    ['2001:DB8:1:2AB::1', '2001:db8:1:2ab::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['unix socket', 'unix socket'],
    ['', ''],
  ])('%s counts as %s', (address, block) => {
    expect(addressBlock(address, 64)).toBe(block);
  });

  it('is wider where one customer has many networks', () => {
    expect(addressBlock('2001:db8:1:2ab::1', 56)).toBe('2001:db8:1:200::/56');
    expect(addressBlock('2001:db8:1:2ff::1', 56)).toBe('2001:db8:1:200::/56');
    expect(addressBlock('2001:db8:1:3ff::1', 56)).toBe('2001:db8:1:300::/56');
  });
});
