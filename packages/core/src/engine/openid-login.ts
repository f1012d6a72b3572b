import type { KoaContextWithOIDC } from 'oidc-provider';
import { decodeJwt } from 'jose';
import type { StepReason } from '../interaction/step.js';
import { engine } from './load-engine.js';

interface Demand {
  readonly essential?: unknown;
  readonly value?: unknown;
  readonly values?: unknown;
}

/**
 * Why the login that is there is not the one that the client asked for: another person than its hint or its `sub` names, or not
 * by the context class that it cannot do without.
 *
 * @param subject by which the client knows who is logged in
 * @see [OpenID Connect Core §3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest) and §5.5.1
 */
export function openidLoginNeeded(
  ctx: KoaContextWithOIDC,
  subject: string,
): StepReason | undefined {
  const { params, session, claims } = ctx.oidc;
  const { acr } = session ?? {};
  if (params?.id_token_hint !== undefined) {
    // Verified when the request came in; on the way back from a page it is what was verified then.
    const { sub } = decodeJwt(String(params.id_token_hint));
    if (sub !== subject) return { reason: 'id_token_hint' };
  }
  const wanted = (claims?.id_token ?? {}) as { sub?: Demand | null; acr?: Demand | null };
  if (wanted.sub && !meets(wanted.sub, subject)) return { reason: 'subject' };
  if (wanted.acr?.essential === true && !meets(wanted.acr, acr)) return { reason: 'acr' };
  return undefined;
}

function meets({ value, values }: Demand, given: unknown): boolean {
  if (value !== undefined) return value === given;
  if (values === undefined) return true;
  if (Array.isArray(values)) return values.includes(given);
  throw new engine.errors.InvalidRequest('values of the claims parameter must be a list');
}

/** The error when a person has just logged in and it is still not the login that was asked for. */
export function openidLoginError(reason: string): Error | undefined {
  if (reason === 'acr') {
    // OpenID Connect Core Unmet Authentication Requirements 1.0
    return new engine.errors.UnmetAuthenticationRequirements(
      'the login does not reach the context class that was asked for',
    );
  }
  if (reason !== 'id_token_hint' && reason !== 'subject') return undefined;
  return new engine.errors.LoginRequired('another person logged in than the one asked for');
}
