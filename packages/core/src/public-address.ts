import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';

/** Which addresses this server may connect to on behalf of others. */
export interface AddressRules {
  /** This machine, by plain http: too. */
  readonly allowLoopback: boolean;
  /** Networks in CIDR notation that are reached although they are not public. */
  readonly allowNetworks: readonly string[];
}

/** Whether an address, as a connection has it, may be connected to. What cannot be read may not. */
export type AddressRule = (address: string, protocol: 'http:' | 'https:') => boolean;

type Range = readonly [address: string, prefix: number];

// IANA's special-purpose registry: what is not globally reachable, multicast, and what is kept for later.
const specialIpv4: readonly Range[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];

// Within what is global: tunnels, which lead to an IPv4 address of the caller's choice, and what is for documents.
const specialIpv6: readonly Range[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

// Never opened by a network that a host allows: no partner is there. Clouds hand out the credentials of a machine at some of them.
const closedIpv4: readonly Range[] = [
  ['0.0.0.0', 8],
  ['100.100.100.200', 32],
  ['127.0.0.0', 8],
  ['168.63.129.16', 32],
  ['169.254.0.0', 16],
  ['192.0.0.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];
const closedIpv6: readonly Range[] = [
  ['::', 127],
  ['64:ff9b::', 96],
  ['fd00:ec2::', 32],
  ['fe80::', 10],
  ['ff00::', 8],
];

const loopback = blockList([['127.0.0.0', 8]], [['::1', 128]]);
// An IPv4 address in disguise: nobody who means well is reached by one.
const mapped = blockList([], [['::ffff:0:0', 96]]);
const closed = blockList(closedIpv4, closedIpv6);
const special = blockList(specialIpv4, specialIpv6);
const global = blockList([['0.0.0.0', 0]], [['2000::', 3]]);

/** Makes the rule. */
export function createAddressRule(rules: AddressRules): AddressRule {
  const networks = new BlockList();
  for (const network of rules.allowNetworks) addNetwork(networks, network);

  return (address, protocol) => {
    if (isIP(address) === 0 || address.includes('%')) return false;
    if (isIPv6(address) && has(mapped, address)) return false;
    if (rules.allowLoopback && has(loopback, address)) return true;
    if (protocol === 'http:' || has(closed, address)) return false;
    return has(networks, address) || (has(global, address) && !has(special, address));
  };
}

/** Whether the host of a URL is an address that may not be connected to, by itself or as `localhost`. Other names are looked up later. */
export function isClosedHost({ hostname, protocol }: URL, mayConnect: AddressRule): boolean {
  const host = hostname === 'localhost' ? '127.0.0.1' : hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(host) === 0) return false;
  return !mayConnect(host, protocol === 'http:' ? protocol : 'https:');
}

/** Whether a text names a network in CIDR notation. */
export function isNetwork(text: string): boolean {
  try {
    addNetwork(new BlockList(), text);
    return true;
  } catch {
    return false;
  }
}

function addNetwork(list: BlockList, network: string): void {
  const [, address = '', prefix = ''] = /^([0-9a-f.:]+)\/(\d{1,3})$/i.exec(network) ?? [];
  list.addSubnet(address, Number(prefix), familyOf(address));
}

function blockList(ipv4: readonly Range[], ipv6: readonly Range[]): BlockList {
  const list = new BlockList();
  for (const [address, prefix] of [...ipv4, ...ipv6]) {
    list.addSubnet(address, prefix, familyOf(address));
  }
  return list;
}

function has(list: BlockList, address: string): boolean {
  return list.check(address, familyOf(address));
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv4(address) ? 'ipv4' : 'ipv6';
}
