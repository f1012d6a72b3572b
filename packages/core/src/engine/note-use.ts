import type { KoaContextWithOIDC } from 'oidc-provider';
import { connectionId } from '../interaction/consent.js';
import type { LastUse } from '../issue/last-use.js';
import type { UnitOfWork } from './unit-of-work.js';

interface GrantLike {
  readonly jti: string;
  readonly accountId: string;
  readonly clientId: string;
  readonly exp: number;
}

/** Remembers that a grant gave a token. Call it once the commit of that token held. */
export function noteUse(
  ctx: KoaContextWithOIDC,
  unit: UnitOfWork,
  lastUse: Pick<LastUse, 'note'>,
): void {
  if (ctx.oidc?.route !== 'token' || ctx.status !== 200 || unit.notes.repeatedRefresh) return;
  const { Grant, RefreshToken, RotatedRefreshToken } = ctx.oidc.entities;
  if (!Grant) return;
  const { jti, accountId, clientId, exp } = Grant as unknown as GrantLike;
  const isRefresh = ctx.oidc.params?.grant_type === 'refresh_token';
  // The presented token was issued at the use before this one. One that does not rotate says when the first was.
  const presented = isRefresh ? (RotatedRefreshToken ?? RefreshToken) : undefined;
  const { iat: before } = (presented ?? {}) as { iat?: number };
  lastUse.note([jti, connectionId(accountId, clientId)], exp, before);
}
