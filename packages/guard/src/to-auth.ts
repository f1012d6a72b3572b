import type { Auth } from './auth.js';
import type { Claims } from './token-faults.js';

/** Claims that passed the checks, as a route reads them. Frozen: the same object serves every request with this token. */
export function toAuth(claims: Claims): Auth {
  const { acr, amr, auth_time, client_id, exp, jti, scope, sub, sub_type } = claims;
  const token = {
    clientId: client_id as string,
    scopes: typeof scope === 'string' ? scope.split(' ').filter((name) => name !== '') : [],
    expiresAt: exp as number,
    tokenId: text(jti),
    claims,
  };
  if (sub_type !== 'account') return freeze({ kind: 'client', ...token });
  return freeze({
    kind: 'account',
    accountId: sub as string,
    ...token,
    acr: text(acr),
    amr: Array.isArray(amr) ? amr.filter((method) => typeof method === 'string') : undefined,
    authTime: typeof auth_time === 'number' ? auth_time : undefined,
  });
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const member of Object.values(value)) freeze(member);
  return Object.freeze(value);
}
