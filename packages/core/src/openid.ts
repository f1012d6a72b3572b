// `@gatehouse/core/openid`: only plugins that speak OpenID Connect import it.
export { protocolClaims } from './engine/openid-claims.js';
export { reservedClaims } from './engine/token-claims.js';
export { logoutTokenSeconds } from './issue/signing-needs.js';
export { openidProtocol } from './engine/openid-protocol.js';
export type { OpenidProtocolPart } from './engine/openid-settings.js';
