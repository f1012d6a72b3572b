import type { Provider } from 'oidc-provider';
import type { Clock } from '../clock.js';
import type { Store } from '../store.js';
import type { EnginePolicy } from './policy.js';
import { createUnitOfWork, inUnitOfWork } from './unit-of-work.js';

interface OpaqueToken {
  readonly kind: string;
  readonly isValid: boolean;
  readonly accountId?: string;
  readonly clientId?: string;
  readonly grantId?: string;
  readonly aud?: string;
  readonly scope?: string;
  readonly exp?: number;
  readonly iat?: number;
  readonly jkt?: string;
  readonly extra?: Record<string, unknown>;
}

/**
 * What introspection would answer about an opaque token, for the guard in the same process. Read from the store each time, so
 * a revocation is seen at once.
 *
 * @see [RFC 7662 §2.2](https://www.rfc-editor.org/rfc/rfc7662.html#section-2.2)
 */
export function readOpaqueToken(
  value: string,
  parts: { provider: Provider; store: Store; clock: Clock; policy: EnginePolicy },
): Promise<Record<string, unknown> | undefined> {
  const { provider, store, clock, policy } = parts;
  return inUnitOfWork(createUnitOfWork(store, clock), async () => {
    const [account, machine] = await Promise.all([
      provider.AccessToken.find(value),
      provider.ClientCredentials.find(value),
    ]);
    const token = (account ?? machine) as unknown as OpaqueToken | undefined;
    if (!token?.isValid || !(await policy.isTokenAlive(token))) return undefined;
    if (token.grantId !== undefined && !(await provider.Grant.find(token.grantId)))
      return undefined;
    return {
      ...token.extra,
      active: true,
      token_type: 'Bearer',
      client_id: token.clientId,
      sub: token.accountId ?? token.clientId,
      aud: token.aud,
      scope: token.scope ?? '',
      exp: token.exp,
      iat: token.iat,
      ...(token.jkt === undefined ? {} : { cnf: { jkt: token.jkt } }),
    };
  });
}
