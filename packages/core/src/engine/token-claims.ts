import type { KoaContextWithOIDC } from 'oidc-provider';
import type { TokenView } from '../plugin.js';
import type { EngineAccount } from './request-view.js';

/** Claims beside those that the engine writes. */
export type TokenClaims = (
  ctx: KoaContextWithOIDC,
  token: object,
) => Promise<Record<string, unknown>>;

/** A plugin's contribution to access tokens of accounts. */
export type ClaimsContributor = (
  account: never,
  token: TokenView,
) => Readonly<Record<string, unknown>> | Promise<Readonly<Record<string, unknown>>>;

// Names that a contributor may not set: RFC 9068, RFC 7519, RFC 7800 and ours.
export const reservedClaims: ReadonlySet<string> = new Set([
  ...['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'client_id', 'scope', 'cnf', 'active'],
  ...['token_type', 'username', 'auth_time', 'acr', 'amr', 'sid', 'authorization_details'],
  ...['sub_type', 'grant_id', 'client_epoch', 'act', 'may_act', 'userinfo_claims', 'session_bound'],
]);

interface TokenLike {
  readonly kind?: string;
  readonly accountId?: string;
  readonly clientId?: string;
  readonly grantId?: string;
  readonly aud?: string;
  readonly scope?: string;
  readonly expiresWithSession?: boolean;
}

interface AuthenticationLike {
  readonly authTime?: number;
  readonly acr?: string;
  readonly amr?: string[];
}

/**
 * What an access token says beyond RFC 9068: `sub_type` tells a token of an account from a client's own (a client may be called
 * like an account), `grant_id` and `client_epoch` are what revocation goes by, and `session_bound` says that it ends with the browser's
 * session.
 */
export function createTokenClaims(
  contributors: readonly ClaimsContributor[],
  clientEpoch: (clientId: string) => number,
): TokenClaims {
  return async (ctx, token) => {
    const { kind, accountId, clientId = '', grantId, aud = '', scope = '' } = token as TokenLike;
    const { expiresWithSession = false } = token as TokenLike;
    const epoch = clientEpoch(clientId);
    const issuedUnder = epoch > 0 ? { client_epoch: epoch } : {};
    if (kind === 'ClientCredentials' || accountId === undefined) {
      return { sub_type: 'client', ...issuedUnder };
    }
    const { AuthorizationCode, RefreshToken } = ctx.oidc.entities;
    const { authTime, acr, amr } = (RefreshToken ?? AuthorizationCode ?? {}) as AuthenticationLike;
    const claims: Record<string, unknown> = {
      sub_type: 'account',
      ...issuedUnder,
      ...(grantId === undefined ? {} : { grant_id: grantId }),
      ...(expiresWithSession ? { session_bound: true } : {}),
      ...(authTime === undefined ? {} : { auth_time: Math.floor(authTime) }),
      ...(acr === undefined ? {} : { acr }),
      ...(amr === undefined || amr.length === 0 ? {} : { amr }),
    };
    if (contributors.length === 0) return claims;
    const account = (ctx.oidc.entities.Account as EngineAccount | undefined)?.account as never;
    const view: TokenView = { accountId, clientId, resource: aud, scope: scope.split(' ') };
    for (const contribute of contributors) {
      for (const [name, value] of Object.entries(await contribute(account, view))) {
        if (reservedClaims.has(name)) throw new Error(`the claim ${name} is reserved`);
        claims[name] = value;
      }
    }
    return claims;
  };
}
