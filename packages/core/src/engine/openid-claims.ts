import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Client, ClientDirectory } from '../authorize/clients.js';
import type { OpenidSettings } from './openid-settings.js';
import type { EngineAccount } from './request-view.js';

type ClaimScopes = OpenidSettings['claimScopes'];

/** The scope that a claim is granted under, whatever its language (OpenID Connect Core §5.2). */
function scopeOfClaim(claim: string, claimScopes: ClaimScopes): string | undefined {
  const [name = ''] = claim.split('#', 1);
  return Object.hasOwn(claimScopes, name) ? claimScopes[name] : undefined;
}

/**
 * The claims that a request asks for by name and that this client may be given, each with the scope that it is granted under
 * (OpenID Connect Core §5.5). The engine has checked the parameter before anything is done with it.
 */
export function claimsAsked(
  parameter: unknown,
  client: Client,
  { claimScopes }: Pick<OpenidSettings, 'claimScopes'>,
): ReadonlyMap<string, string> {
  const asked = new Map<string, string>();
  if (typeof parameter !== 'string') return asked;
  for (const place of Object.values(parse(parameter))) {
    for (const claim of Object.keys(place ?? {})) {
      const scope = scopeOfClaim(claim, claimScopes);
      if (scope !== undefined && client.scopes.has(scope)) asked.set(claim, scope);
    }
  }
  return asked;
}

function parse(parameter: string): { id_token?: object; userinfo?: object } {
  try {
    const { id_token = {}, userinfo = {} } = JSON.parse(parameter) as Record<string, object>;
    return { id_token, userinfo };
  } catch {
    return {};
  }
}

/** What the protocol says itself: a host that set one of these would forge it. */
export const protocolClaims: ReadonlySet<string> = new Set([
  ...['iss', 'sub', 'aud', 'exp', 'iat', 'nbf', 'jti', 'azp', 'nonce', 'sid', 'events'],
  ...['auth_time', 'acr', 'amr', 'at_hash', 'c_hash', 's_hash', 'cnf', '_claim_names'],
]);

/** The engine's `claims()` of an account: what the plugin tells, within what was granted. */
export function accountClaims(
  ctx: KoaContextWithOIDC,
  { accountId, account }: Pick<EngineAccount, 'accountId' | 'account'>,
  openid: OpenidSettings,
  clients: ClientDirectory,
): EngineAccount['claims'] {
  return async (use, scope, mask) => {
    const { client: engineClient, entities } = ctx.oidc;
    const clientId = engineClient?.clientId ?? '';
    const client = await clients.find(clientId);
    const granted = entities.Grant?.getOIDCScopeFiltered(new Set(scope.split(' '))) ?? '';
    const claims = await openid.claims(account as never, {
      use: use === 'id_token' ? use : 'userinfo',
      clientId,
      scope: granted.split(' ').filter((name) => client?.scopes.has(name)),
      asked: Object.keys(mask ?? {}).filter((claim) =>
        client?.scopes.has(scopeOfClaim(claim, openid.claimScopes) ?? ''),
      ),
      whole: client?.metadata.claimsInIdToken ?? false,
    });
    const own = Object.keys(claims).find((claim) => protocolClaims.has(claim));
    if (own !== undefined) throw new Error(`the claim ${own} is reserved`);
    return { ...claims, sub: accountId };
  };
}
