import { enginePaths, openidPaths, pushedPath } from '../engine/engine-paths.js';

/** What answers a path below the mount. */
export type RouteName =
  | 'authorize'
  | 'resume'
  | 'token'
  | 'revoke'
  | 'introspect'
  | 'par'
  | 'userinfo'
  | 'logout'
  | 'jwks'
  | 'metadata'
  | 'interaction'
  | 'plugin';

/** A path that is ours. */
export interface MatchedRoute {
  readonly name: RouteName;
  /** Methods that it takes. HEAD goes with GET. */
  readonly methods: readonly string[];
  /** The rest of the path, e.g. the uid of an interaction. */
  readonly rest: string;
}

/** Where RFC 8414 §3 puts the metadata, before the issuer's path. */
export const metadataPath = '/.well-known/oauth-authorization-server';

// Where OpenID Connect Discovery §4.1 puts it, after the path, and others look for it in front.
const openidMetadataPath = '/.well-known/openid-configuration';

/** Paths that are there whatever the plugins. */
export const oauthRoutes: Readonly<Record<string, MatchedRoute>> = {
  [enginePaths.authorization]: { name: 'authorize', methods: ['GET'], rest: '' },
  [enginePaths.token]: { name: 'token', methods: ['POST', 'OPTIONS'], rest: '' },
  [enginePaths.revocation]: { name: 'revoke', methods: ['POST', 'OPTIONS'], rest: '' },
  [enginePaths.introspection]: { name: 'introspect', methods: ['POST', 'OPTIONS'], rest: '' },
  [enginePaths.jwks]: { name: 'jwks', methods: ['GET', 'OPTIONS'], rest: '' },
  [metadataPath]: { name: 'metadata', methods: ['GET', 'OPTIONS'], rest: '' },
};

/** Those and what OpenID Connect has beside. */
export const openidRoutes: Readonly<Record<string, MatchedRoute>> = {
  ...oauthRoutes,
  [enginePaths.authorization]: { name: 'authorize', methods: ['GET', 'POST'], rest: '' },
  [openidPaths.userinfo]: { name: 'userinfo', methods: ['GET', 'POST', 'OPTIONS'], rest: '' },
  [openidPaths.logout]: { name: 'logout', methods: ['GET', 'POST'], rest: '' },
  [openidMetadataPath]: { name: 'metadata', methods: ['GET', 'OPTIONS'], rest: '' },
};

/** That of pushed requests (RFC 9126). */
export const pushedRoutes: Readonly<Record<string, MatchedRoute>> = {
  [pushedPath]: { name: 'par', methods: ['POST', 'OPTIONS'], rest: '' },
};

// Engine ids and method names: what does not look like one is not ours to answer.
const resumeSyntax = new RegExp(`^${enginePaths.authorization}/([\\w-]{1,64})$`);
const interactionSyntax = /^\/interaction\/([\w-]{1,64}(?:\/[\w-]{1,64})?)$/;

/** Finds what answers a request, by its path alone: exact, case-sensitive, no trailing slash. */
export function matchRoute(
  path: string,
  mountPath: string,
  pluginPaths: ReadonlyMap<string, readonly string[]>,
  fixed: Readonly<Record<string, MatchedRoute>>,
): MatchedRoute | undefined {
  // RFC 8414 §3.1: with a path in the issuer, the well-known part goes between host and path.
  for (const wellKnown of [metadataPath, openidMetadataPath]) {
    if (path === `${wellKnown}${mountPath}`) return fixed[wellKnown];
  }
  if (mountPath !== '' && !path.startsWith(`${mountPath}/`)) return undefined;
  const below = path.slice(mountPath.length);
  if (Object.hasOwn(fixed, below)) return fixed[below];
  const resume = resumeSyntax.exec(below)?.[1];
  if (resume !== undefined) return { name: 'resume', methods: ['GET'], rest: resume };
  const interaction = interactionSyntax.exec(below)?.[1];
  if (interaction !== undefined) {
    return { name: 'interaction', methods: ['GET', 'POST'], rest: interaction };
  }
  const methods = pluginPaths.get(below);
  return methods ? { name: 'plugin', methods, rest: below } : undefined;
}
