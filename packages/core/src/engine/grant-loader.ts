import type { KoaContextWithOIDC } from 'oidc-provider';
import type { ClientDirectory } from '../authorize/clients.js';
import type { TargetRules } from '../authorize/targets.js';
import type { Clock } from '../clock.js';
import { coversAll, loadConsent } from '../interaction/consent.js';
import type { ConsentDecision } from '../interaction/step.js';
import type { ScopesByResource } from '../interaction/view.js';
import { clientOf, requestedOf, type EngineAccount } from './request-view.js';
import { unitOfWork } from './unit-of-work.js';

/** The engine's grant, as far as we touch it. */
export interface EngineGrant {
  jti?: string;
  exp?: number;
  openid?: { scope?: string; claims?: string[] };
  resources?: Record<string, string>;
  rejected?: { openid?: { scope?: string; claims?: string[] }; resources?: Record<string, string> };
  save(): Promise<string>;
}

/** What the loader needs. */
export interface GrantLoaderParts {
  readonly clients: ClientDirectory;
  readonly rules: TargetRules;
  readonly clock: Clock;
  /** The longest life of a refresh token that can come of a grant, counted from the authorization. */
  readonly grantSeconds: number;
}

// A grant lasts so much longer than needed, so that it is not written at every authorization.
const renewSeconds = 86_400;

/**
 * The grant of this browser session and client: one token family, made from what the person (or the host, for a first-party
 * client) allowed, and reused in that session. Nothing when the person must be asked first.
 */
export async function loadGrant(
  ctx: KoaContextWithOIDC,
  parts: GrantLoaderParts,
): Promise<EngineGrant | undefined> {
  const { oidc } = ctx;
  const { provider, session } = oidc;
  const account = oidc.entities.Account as EngineAccount | undefined;
  if (!session || !account) return undefined;
  const client = await clientOf(ctx, parts.clients);
  const requested = requestedOf(ctx, parts.rules);
  const unit = unitOfWork();
  unit.notes.sessionUid = session.uid;

  const grantId = session.grantIdFor(client.metadata.client_id);
  const found = grantId ? await provider.Grant.find(grantId) : undefined;
  const grant = found as unknown as EngineGrant | undefined;
  const needed = parts.clock.now() + parts.grantSeconds;
  const lasts = grant !== undefined && (grant.exp ?? 0) >= needed;
  if (grant && lasts && !oidc.result?.consent && coversAll(decisionOf(grant), requested)) {
    unit.notes.scopesAnswered = true;
    return grant;
  }

  const decision = await decide(
    client.view.firstParty,
    account.accountId,
    client.metadata.client_id,
    requested,
  );
  if (!decision) return grant;
  unit.notes.scopesAnswered = true;
  const next =
    grant ??
    (new provider.Grant({
      accountId: account.accountId,
      clientId: client.metadata.client_id,
    }) as unknown as EngineGrant);
  apply(next, decision, requested);
  next.exp = needed + renewSeconds;
  await next.save();
  return next;
}

async function decide(
  firstParty: boolean,
  accountId: string,
  clientId: string,
  requested: ScopesByResource,
): Promise<ConsentDecision | undefined> {
  const consent = await loadConsent(unitOfWork(), accountId, clientId);
  if (coversAll(consent, requested)) return consent;
  return firstParty ? { granted: requested, rejected: {} } : undefined;
}

// The grant answers all that was asked before and now, each scope as granted or as rejected: what is not answered would make
// the engine ask again, for ever.
function apply(grant: EngineGrant, decision: ConsentDecision, requested: ScopesByResource): void {
  const before = decisionOf(grant);
  const granted: Record<string, string> = {};
  const rejected: Record<string, string> = {};
  const names = new Set([
    ...Object.keys(requested),
    ...Object.keys(before.granted),
    ...Object.keys(before.rejected),
  ]);
  for (const name of names) {
    const asked = new Set(requested[name]);
    const yes = new Set([
      ...(before.granted[name] ?? []),
      ...(decision.granted[name] ?? []).filter((scope) => asked.has(scope)),
    ]);
    const no = new Set([
      ...(before.rejected[name] ?? []),
      ...(decision.rejected[name] ?? []).filter((scope) => asked.has(scope)),
    ]);
    for (const scope of decision.granted[name] ?? []) no.delete(scope);
    for (const scope of decision.rejected[name] ?? []) yes.delete(scope);
    if (yes.size > 0) granted[name] = [...yes].join(' ');
    if (no.size > 0) rejected[name] = [...no].join(' ');
  }
  const { '': plain, ...resources } = granted;
  const { '': plainRejected, ...resourcesRejected } = rejected;
  grant.resources = resources;
  grant.rejected = { resources: resourcesRejected };
  if (plain !== undefined) grant.openid = { ...grant.openid, scope: plain };
  if (plainRejected !== undefined) grant.rejected.openid = { scope: plainRejected };
}

function decisionOf(grant: EngineGrant): ConsentDecision {
  return { granted: scopesOf(grant), rejected: scopesOf(grant.rejected) };
}

function scopesOf(part: Pick<EngineGrant, 'openid' | 'resources'> | undefined): ScopesByResource {
  const scopes: Record<string, readonly string[]> = {};
  for (const [resource, scope] of Object.entries(part?.resources ?? {})) {
    scopes[resource] = scope.split(' ');
  }
  if (part?.openid?.scope) scopes[''] = part.openid.scope.split(' ');
  return scopes;
}
