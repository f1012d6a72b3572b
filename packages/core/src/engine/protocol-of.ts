import type { OpenidProtocol } from './openid-protocol.js';
import type { OpenidSettings } from './openid-settings.js';

/** What speaks OpenID Connect, where something does: published types do not say what it is made of. */
export function protocolOf(openid: Pick<OpenidSettings, 'protocol'>): OpenidProtocol;
export function protocolOf(
  openid: Pick<OpenidSettings, 'protocol'> | undefined,
): OpenidProtocol | undefined;
export function protocolOf(
  openid: Pick<OpenidSettings, 'protocol'> | undefined,
): OpenidProtocol | undefined {
  return openid?.protocol as OpenidProtocol | undefined;
}
