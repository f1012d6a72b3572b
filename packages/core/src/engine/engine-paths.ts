/** Paths of the engine's endpoints below the mount. */
export const enginePaths = {
  authorization: '/authorize',
  token: '/token',
  revocation: '/revoke',
  introspection: '/introspect',
  jwks: '/jwks',
} as const;
