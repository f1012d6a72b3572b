import { isIPv6 } from 'node:net';

/**
 * The network that an address stands for, to count by. An IPv4 address is one; of IPv6 a single customer has at least 2^64, so
 * counting addresses would count nothing: /64 is one network, /56 what a provider gives one customer.
 *
 * @param address - As `InteractionView.address` has it. What is no address of IPv6 comes back as it is.
 */
export function addressBlock(address: string, bits: 64 | 56): string {
  const plain = address.replace(/^::ffff:(?=\d+\.\d)/i, '').replace(/%.*$/, '');
  if (!isIPv6(plain)) return plain;
  // The URL parser writes an address in one way, without dotted parts.
  const [left = '', right] = new URL(`http://[${plain}]`).hostname.slice(1, -1).split('::');
  const head = left === '' ? [] : left.split(':');
  const tail = right ? right.split(':') : [];
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  const [a, b, c, d = '0'] = [...head, ...zeros, ...tail];
  const last = bits === 64 ? d : (Number.parseInt(d, 16) & 0xff00).toString(16);
  return `${[a, b, c, last].join(':')}::/${bits}`;
}
