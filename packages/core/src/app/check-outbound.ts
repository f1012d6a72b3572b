import { boolean, type Check, type Checks, list, readOptions } from '../check.js';
import { isNetwork } from '../public-address.js';
import type { OutboundOptions } from './options.js';

const checkNetwork: Check<string> = (value, at) =>
  typeof value === 'string' && isNetwork(value)
    ? value
    : at.problem(`must be a network in CIDR notation like "10.20.0.0/16", got ${at.show(value)}.`);

const outbound = {
  allowLoopback: boolean,
  allowNetworks: list(checkNetwork, "['10.0.0.0/8']"),
} satisfies Checks<OutboundOptions>;

/** Checks where the server's own requests may go. Each door is told, and production refuses it. */
export const checkOutbound: Check<OutboundOptions> = (value, at) => {
  const values = readOptions(outbound, value, at)?.values;
  if (values?.allowLoopback) {
    at.at('allowLoopback').unsafe(
      'loopback-requests',
      'lets whoever registers a client have this server send requests to this machine.',
    );
  }
  if (values?.allowNetworks && values.allowNetworks.length > 0) {
    at.at('allowNetworks').unsafe(
      'private-requests',
      'lets whoever registers a client have this server send requests to machines of these networks.',
    );
  }
  return values;
};
