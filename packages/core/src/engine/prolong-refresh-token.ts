import type { KoaContextWithOIDC } from 'oidc-provider';
import { type RecordCodec, storedIdOf } from './records.js';
import { unitOfWork } from './unit-of-work.js';

/** How long a refresh token lives, in seconds. */
export interface RefreshLifetimes {
  readonly idleSeconds: number;
  readonly absoluteSeconds: number;
}

interface RefreshTokenLike {
  readonly jti: string;
  readonly exp: number;
  /** When the first token of the family was issued. */
  readonly iiat: number;
}

/**
 * Lets the presented refresh token, which does not rotate, live on after its use: its idle time starts again, up to the end that
 * it has in any case. Written at most once per tenth of the idle time.
 */
export async function prolongRefreshToken(
  ctx: KoaContextWithOIDC,
  { idleSeconds, absoluteSeconds }: RefreshLifetimes,
  codec: RecordCodec,
  now: number,
): Promise<void> {
  const token = ctx.oidc.entities.RefreshToken as unknown as RefreshTokenLike | undefined;
  if (!token) return;
  const end = token.iiat + absoluteSeconds;
  const exp = Math.min(now + idleSeconds, end);
  const gained = exp - token.exp;
  if (gained <= 0 || (gained < idleSeconds / 10 && exp < end)) return;
  const unit = unitOfWork();
  const id = storedIdOf('RefreshToken', token.jti);
  const record = await unit.find('RefreshToken', { id });
  const decoded = record && codec.decode(record);
  if (!record || !decoded) return;
  const payload = { ...decoded.payload, exp };
  // Without a condition: two uses at once are both right, and a token that was revoked meanwhile is dead without its grant.
  unit.overwrite(codec.encode('RefreshToken', id, { ...decoded, payload }, record.keys));
}
