/** Paths of the engine's endpoints below the mount. */
export const enginePaths = {
  authorization: '/authorize',
  token: '/token',
  revocation: '/revoke',
  introspection: '/introspect',
  jwks: '/jwks',
} as const;

/** That of pushed requests, where they are switched on. */
export const pushedPath = '/par';

/** Those that there are with OpenID Connect. */
export const openidPaths = {
  userinfo: '/userinfo',
  logout: '/logout',
} as const;
