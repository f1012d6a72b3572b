import type { Client as EngineClient, Configuration, KoaContextWithOIDC } from 'oidc-provider';
import { clientAuthMethods } from '../authorize/client-methods.js';
import { signingAlgorithms } from '../authorize/key-algorithm.js';
import type { ClientDirectory } from '../authorize/clients.js';
import type { Clock } from '../clock.js';
import type { Client } from '../authorize/clients.js';
import type { Subjects } from '../authorize/subjects.js';
import { resolveTarget, type TargetRules, unknownResource } from '../authorize/targets.js';
import { OAuthError } from '../errors.js';
import type { ResolvedOptions, ResolvedResource } from '../resolved-options.js';
import type { Secrets } from '../secrets.js';
import { audiencesAt, checkAssertion } from './client-assertion.js';
import type { SigningKeys } from '../issue/keys.js';
import { type CookieNames, longCookie } from './cookie-names.js';
import { asEngineError } from './engine-error.js';
import { engineKeys } from './engine-keys.js';
import { enginePaths, pushedPath } from './engine-paths.js';
import type { ErrorPage } from './error-page.js';
import type { OpenidSettings } from './openid-settings.js';
import type { EnginePolicy } from './policy.js';
import { prolongRefreshToken } from './prolong-refresh-token.js';
import { renamedParams } from './request-view.js';
import { createAdapter, type BridgeContext } from './store-bridge.js';
import type { TokenClaims } from './token-claims.js';
import { unitOfWork } from './unit-of-work.js';
import { protocolOf } from './protocol-of.js';

/** What the engine is configured from. */
export interface EngineParts {
  readonly options: ResolvedOptions;
  readonly clients: ClientDirectory;
  readonly rules: TargetRules;
  readonly secrets: Secrets;
  readonly bridge: BridgeContext;
  readonly policy: EnginePolicy;
  readonly tokenClaims: TokenClaims;
  readonly keys: SigningKeys;
  readonly cookieNames: CookieNames;
  readonly renderError: NonNullable<Configuration['renderError']>;
  /** Shows the page that goes on to the client by a form. */
  readonly sendPage: ErrorPage['send'];
  readonly openid?: OpenidSettings;
  readonly subjects: Subjects;
  /** Whether a request may be one that the store has, and the browser names. */
  readonly byReference: boolean;
}

/** The engine's configuration. Every feature is off unless this file, or a plugin by a closed switch, turns it on. */
export function engineConfig(parts: EngineParts): Configuration {
  const { options, bridge, policy, secrets } = parts;
  const configuration: Configuration = {
    adapter: (name: string) => createAdapter(name, bridge),
    jwks: { keys: engineKeys(parts.keys) } as NonNullable<Configuration['jwks']>,
    cookies: {
      names: parts.cookieNames,
      keys: secrets.cookieKeys(),
      long: longCookie(options.secure),
      short: { httpOnly: true, sameSite: 'lax', secure: options.secure, signed: true },
    },
    routes: { ...enginePaths, pushed_authorization_request: pushedPath },
    scopes: [...parts.rules.scopeOwner.keys(), ...parts.rules.pluginScopes],
    claims: {},
    responseTypes: ['code'],
    clientAuthMethods: [...clientAuthMethods],
    clientDefaults: { id_token_signed_response_alg: defaultAlg(parts.keys) as 'ES256' },
    // No HS*: their key would be the stored hash of the secret.
    enabledJWA: { clientAuthSigningAlgValues: [...signingAlgorithms] },
    extraParams: Object.values(renamedParams),
    pkce: { required: protocolOf(parts.openid)?.isPkceNeeded ?? (() => true) },
    allowOmittingSingleRegisteredRedirectUri: true,
    assertJwtClientAuthClaimsAndHeader: ({ oidc }, claims, header) =>
      checkAssertion(claims, header, {
        audiences: audiencesAt(oidc.route, options.issuer),
        now: bridge.clock.now(),
      }),
    clientBasedCORS: (_ctx, origin, client) => isOriginAllowed(parts, origin, client),
    expiresWithSession: () => false,
    issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: async (ctx) => mustRotate(parts, ctx),
    revokeGrantPolicy: () => true,
    findAccount: (ctx, id, token) => policy.findAccount(ctx, id, token) as never,
    loadExistingGrant: (ctx) => policy.loadGrant(ctx),
    extraTokenClaims: (ctx, token) => claimsOf(parts, ctx, token),
    interactions: { policy: policy.prompts as never, url: policy.interactionUrl },
    renderError: parts.renderError,
    ttl: lifetimes(options, bridge.clock),
    features: {
      devInteractions: { enabled: false },
      externalSigningSupport: { enabled: true, ack: 'experimental-01' },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      dPoP: { enabled: false },
      // Without the feature there is no endpoint: then only the server itself has requests that a browser names.
      pushedAuthorizationRequests: { enabled: parts.byReference },
      clientCredentials: { enabled: true },
      revocation: {
        enabled: true,
        allowedPolicy: async (_ctx, client, token) => client.clientId === token.clientId,
      },
      introspection: {
        enabled: true,
        allowedPolicy: (_ctx, client, token) => policy.mayIntrospect(client.clientId, token),
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: (ctx, _client, oneOf) => defaultResource(parts, ctx, oneOf),
        getResourceServerInfo: (ctx, identifier) => resourceInfo(parts, ctx, identifier),
        useGrantedResource: () => true,
      },
    },
  };
  if (parts.openid) protocolOf(parts.openid).speakOpenid(configuration, parts.openid, parts.keys);
  return (options.dangerouslyConfigureEngine?.(configuration as never) ??
    configuration) as Configuration;
}

// The engine refuses every client whose algorithm it has no key for, also where no ID token is ever made.
function defaultAlg({ algs }: SigningKeys): string {
  const [first = 'ES256'] = algs;
  return algs.has('ES256') ? 'ES256' : first;
}

// The last thing that happens before the token is signed.
async function claimsOf(
  { keys, openid, tokenClaims }: EngineParts,
  ctx: KoaContextWithOIDC,
  token: Parameters<TokenClaims>[1],
): ReturnType<TokenClaims> {
  const claims = await tokenClaims(ctx, token);
  await keys.refresh(unitOfWork().left());
  return openid ? { ...claims, ...protocolOf(openid).userinfoClaims(ctx, token) } : claims;
}

/** The `resource` parameters of the running request. */
function resourcesOf(ctx: KoaContextWithOIDC): readonly string[] {
  const { resource } = ctx.oidc.params ?? {};
  if (Array.isArray(resource)) return resource as string[];
  return typeof resource === 'string' && resource !== '' ? [resource] : [];
}

async function defaultResource(
  parts: EngineParts,
  ctx: KoaContextWithOIDC,
  oneOf: string | readonly string[] | undefined,
): Promise<string | string[]> {
  // At the token endpoint, for a grant that covers several resources: the one whose scopes were asked, else say which.
  if (Array.isArray(oneOf)) {
    const scope = ctx.oidc.params?.scope;
    const owners = new Set(
      String(scope ?? '')
        .split(' ')
        .map((name) => parts.rules.scopeOwner.get(name))
        .filter((owner) => owner !== undefined),
    );
    const [owner] = owners;
    return owners.size === 1 && owner !== undefined ? owner : [...oneOf];
  }
  const target = await targetOf(parts, ctx, []);
  const [only] = target.resources;
  return target.resources.length === 1 && only !== undefined ? only : [...target.resources];
}

async function resourceInfo(
  parts: EngineParts,
  ctx: KoaContextWithOIDC,
  identifier: string,
): Promise<never> {
  const resource = parts.options.resources.get(identifier);
  if (!resource) throw asEngineError(unknownResource(identifier, parts.rules));
  const { client, params, route } = ctx.oidc;
  const machine = params?.grant_type === 'client_credentials';
  const isIssue = route === 'token' && !machine;
  if (!isIssue) await targetOf(parts, ctx, resourcesOf(ctx));
  // A code or refresh token says what was allowed when it was issued. What the client may have now is the ceiling.
  const known = await parts.clients.find(client?.clientId ?? '');
  const ceiling = known?.scopes ?? new Set();
  const scopes = [...resource.scopes.keys()].filter((scope) => ceiling.has(scope));
  if (isIssue && !scopes.some((scope) => scopesAtIssue(ctx).has(scope))) {
    throw asEngineError(
      new OAuthError('invalid_scope', 'no scope is left that this client may have'),
    );
  }
  return {
    scope: scopes.join(' '),
    audience: identifier,
    accessTokenFormat: machine ? resource.format : formatFor(known, resource, parts.subjects),
    accessTokenTTL: lifetimeOf(resource, machine),
    jwt: { sign: { alg: resource.alg } },
  } as never;
}

// Threat: a client reads the JWTs that it gets, and each names the account in `sub` (RFC 9068 §2.2), at every client alike.
function formatFor(
  client: Client | undefined,
  { format }: ResolvedResource,
  subjects: Subjects,
): ResolvedResource['format'] {
  return client && subjects.isPairwise(client) ? 'opaque' : format;
}

/** The scopes of the code or refresh token, or those of them that are asked. */
function scopesAtIssue({ oidc: { entities, params } }: KoaContextWithOIDC): Set<string> {
  const source = entities.RefreshToken ?? entities.AuthorizationCode;
  const scope = params?.scope ?? source?.scope ?? '';
  return new Set(String(scope).split(' '));
}

async function targetOf(
  parts: EngineParts,
  ctx: KoaContextWithOIDC,
  resources: readonly string[],
): Promise<{ resources: readonly string[] }> {
  const { client, params } = ctx.oidc;
  const known = client && (await parts.clients.find(client.clientId));
  if (!known || !params) throw new Error('a resource is resolved without a client');
  try {
    const scope = params.scope as string | undefined;
    if (params.grant_type === 'client_credentials') refusePersonalScopes(scope, parts.rules);
    const target = resolveTarget({ scope, resources }, known, parts.rules);
    params.scope = target.scope;
    return target;
  } catch (error) {
    throw error instanceof OAuthError ? asEngineError(error) : error;
  }
}

// Scopes of plugins are about people, and a machine has none behind it.
function refusePersonalScopes(scope: string | undefined, { pluginScopes }: TargetRules): void {
  if (!scope?.split(' ').some((name) => pluginScopes.has(name))) return;
  throw new OAuthError('invalid_scope', 'a requested scope is about a person, and none is here');
}

async function mustRotate(parts: EngineParts, ctx: KoaContextWithOIDC): Promise<boolean> {
  const { bridge, clients, options } = parts;
  const client = await clients.find(ctx.oidc.client?.clientId ?? '');
  // OAuth 2.1 §4.3.1: refresh tokens of public clients are rotated or bound to a key.
  if (!client?.view.confidential || client.metadata.rotate) return true;
  await prolongRefreshToken(ctx, options.refreshToken, bridge.codec, bridge.clock.now());
  return false;
}

// Browsers run public clients only; a page that holds a confidential client's secret has published it.
function isOriginAllowed({ options }: EngineParts, origin: string, client: EngineClient): boolean {
  if (origin === options.origin || options.allowedOrigins.has(origin)) return true;
  if (client.clientAuthMethod !== 'none' || !/^https?:/.test(origin)) return false;
  return (client.redirectUris ?? []).some((uri) => new URL(uri).origin === origin);
}

function lifetimeOf(resource: ResolvedResource, machine: boolean): number {
  return machine ? resource.machineLifetimeSeconds : resource.lifetimeSeconds;
}

function lifetimes(
  { codeLifetimeSeconds, interactionLifetimeSeconds, refreshToken, session }: ResolvedOptions,
  { now }: Clock,
): NonNullable<Configuration['ttl']> {
  return {
    AuthorizationCode: codeLifetimeSeconds,
    Interaction: interactionLifetimeSeconds,
    AccessToken: (_ctx, token) => token.resourceServer?.accessTokenTTL ?? 3600,
    ClientCredentials: (_ctx, token) => token.resourceServer?.accessTokenTTL ?? 600,
    RefreshToken: (_ctx, token) => {
      const left = (token.iiat ?? now()) + refreshToken.absoluteSeconds - now();
      return Math.max(1, Math.min(refreshToken.idleSeconds, left));
    },
    // A grant outlives every refresh token that can come of it: see the grant's renewal in grant-loader.
    Grant: refreshToken.absoluteSeconds,
    Session: (_ctx, { iat }) => {
      const left = (iat ?? now()) + session.absoluteSeconds - now();
      return Math.max(1, Math.min(session.idleSeconds, left));
    },
  };
}
