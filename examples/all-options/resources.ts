import type { ResourceOptions } from '@gatehouse/core';
import type { Every } from './every.js';
import { settings } from './your-app.js';

export const api = `${settings.origin}/api`;

// #region resources
/** An API that takes access tokens. */
export const notes = {
  // Needed. What people read on the consent page.
  name: 'Acme Notes',
  // Needed. Each in the words that people read.
  scopes: { 'notes:read': 'Read your notes', 'notes:write': 'Change your notes' },
  accessToken: {
    // 'opaque': a revoked token is dead at once, everywhere, for a call to the server on each request.
    format: 'jwt',
    // Longer: fewer refreshes. Shorter: what nobody revoked ends sooner. For opaque tokens the default is 3600.
    lifetimeSeconds: 600,
    // For an API whose library cannot check ES256.
    alg: 'ES256',
  },
  // { client_id, client_secret } or { client_id, jwks }, for an API in another process that asks about opaque tokens.
  introspection: undefined,
} as const satisfies Every<ResourceOptions>;
// #endregion resources
