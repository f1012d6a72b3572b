import type { KoaContextWithOIDC } from 'oidc-provider';
import type { EventHub } from '../events.js';
import type { UnitOfWork } from './unit-of-work.js';

interface ErrorBody {
  readonly error?: unknown;
}

/** The engine's error of this request, noted by its error events. The detail goes to the log only. */
export const failures: WeakMap<object, { error: string; detail?: string }> = new WeakMap();

/** Emits what became of a request, after its commit: what the engine announces earlier may still be undone. */
export function emitOutcome(ctx: KoaContextWithOIDC, unit: UnitOfWork, events: EventHub): void {
  const { oidc } = ctx;
  if (!oidc) return;
  const { requestId, notes } = unit;
  const clientId = oidc.client?.clientId;
  const emit: typeof events.emit = (name, payload) => events.emit(name, payload, requestId);
  const who = clientId === undefined ? {} : { clientId };

  if (notes.replayed) {
    const { kind, grantId } = notes.replayed;
    const name = kind === 'AuthorizationCode' ? 'code.replayed' : 'refresh_token.replayed';
    emit(name, { ...who, ...(grantId === undefined ? {} : { grantId }) });
  }
  if (oidc.route === 'token') tokenOutcome(ctx, unit, emit);
  else if (oidc.route === 'authorization' || oidc.route === 'resume')
    authorizationOutcome(ctx, emit);
  else otherOutcome(ctx, unit, emit);
}

function otherOutcome(
  ctx: KoaContextWithOIDC,
  { notes }: UnitOfWork,
  emit: EventHub['emit'],
): void {
  const clientId = ctx.oidc.client?.clientId;
  if (ctx.oidc.route === 'revocation' && notes.revoked) {
    emit('token.revoked', { clientId: clientId ?? '' });
  }
  const failure = failures.get(ctx);
  if (failure?.error !== 'invalid_client') return;
  emit('client.refused', {
    ...(clientId === undefined ? {} : { clientId }),
    ...detailOf(failure),
  });
}

function tokenOutcome(
  ctx: KoaContextWithOIDC,
  { notes }: UnitOfWork,
  emit: EventHub['emit'],
): void {
  const { oidc } = ctx;
  const clientId = oidc.client?.clientId;
  const grantType = String(oidc.params?.grant_type ?? '');
  if (notes.repeatedRefresh && ctx.status === 200) {
    const { grantId } = notes.repeatedRefresh;
    emit('refresh_token.repeated', {
      clientId: clientId ?? '',
      ...(grantId === undefined ? {} : { grantId }),
    });
    return;
  }
  if (ctx.status === 200) {
    const token = oidc.entities.AccessToken ?? oidc.entities.ClientCredentials;
    const { accountId, aud, scope } = (token ?? {}) as {
      accountId?: string;
      aud?: string;
      scope?: string;
    };
    emit('token.issued', {
      clientId: clientId ?? '',
      grantType,
      scopes: scope?.split(' ') ?? [],
      ...(accountId === undefined ? {} : { accountId }),
      ...(aud === undefined ? {} : { resource: aud }),
    });
    return;
  }
  const failure = failures.get(ctx);
  const error = String((ctx.body as ErrorBody | undefined)?.error ?? failure?.error ?? 'unknown');
  const refused = { ...(clientId === undefined ? {} : { clientId }), error, ...detailOf(failure) };
  if (error === 'invalid_client') emit('client.refused', refused);
  // What is no grant type may be anything, a secret in the wrong field too.
  const isKnown = grantType !== '' && error !== 'unsupported_grant_type';
  emit('token.refused', { ...refused, ...(isKnown ? { grantType } : {}) });
}

function authorizationOutcome(ctx: KoaContextWithOIDC, emit: EventHub['emit']): void {
  const { oidc } = ctx;
  const clientId = oidc.client?.clientId;
  const code = oidc.entities.AuthorizationCode as
    | { accountId?: string; scope?: string }
    | undefined;
  const failure = failures.get(ctx);
  if (failure) {
    emit('authorization.refused', {
      ...(clientId === undefined ? {} : { clientId }),
      error: failure.error,
      ...detailOf(failure),
    });
  } else if (code?.accountId !== undefined) {
    const { accountId, scope } = code;
    const scopes = scope?.split(' ') ?? [];
    emit('authorization.issued', { accountId, clientId: clientId ?? '', scopes });
  }
}

function detailOf(failure: { detail?: string } | undefined): { detail?: string } {
  return failure?.detail === undefined ? {} : { detail: failure.detail };
}
