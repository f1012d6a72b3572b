import type { KoaContextWithOIDC } from 'oidc-provider';
import type { ClientDirectory } from '../authorize/clients.js';
import type { TargetRules } from '../authorize/targets.js';
import type { Clock } from '../clock.js';
import { coversAll, loadConsent, saveConnection } from '../interaction/consent.js';
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
  const params = oidc.params ?? {};
  const claims = parts.rules.claimsAsked(params.claims, client);
  const requested = requestedOf(params, client, parts.rules, claims);
  const unit = unitOfWork();
  unit.notes.sessionUid = session.uid;

  const grantId = session.grantIdFor(client.metadata.client_id);
  const found = grantId ? await provider.Grant.find(grantId) : undefined;
  const grant = found as unknown as EngineGrant | undefined;
  const needed = parts.clock.now() + parts.grantSeconds;
  const lasts = grant !== undefined && (grant.exp ?? 0) >= needed;
  const covered = grant && coversAll(decisionOf(grant), requested) && answers(grant, claims);
  if (covered && lasts && !oidc.result?.consent) {
    unit.notes.scopesAnswered = true;
    return grant;
  }

  const { accountId } = account;
  const { client_id: clientId } = client.metadata;
  const decision = await decide(client.view.firstParty, accountId, clientId, requested);
  if (!decision) return grant;
  unit.notes.scopesAnswered = true;
  if (client.view.firstParty) {
    await saveConnection(unit, accountId, clientId, decision.granted, parts.clock.now());
  }
  const next = grant ?? (new provider.Grant({ accountId, clientId }) as unknown as EngineGrant);
  apply(next, decision, requested, claims);
  next.exp = needed + renewSeconds;
  const grantIdNow = await next.save();
  if (!grant) unit.notes.newGrant = { grantId: grantIdNow, accountId, clientId };
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
function apply(
  grant: EngineGrant,
  decision: ConsentDecision,
  requested: ScopesByResource,
  claims: ReadonlyMap<string, string>,
): void {
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
  if (claims.size > 0) applyClaims(grant, claims);
}

// A claim goes with its scope: the person has seen that, and answered it.
function applyClaims(grant: EngineGrant, claims: ReadonlyMap<string, string>): void {
  const scopes = new Set(grant.openid?.scope?.split(' '));
  const isGranted = (claim: string): boolean => scopes.has(claims.get(claim) ?? '');
  const [yes, no] = [[...claims.keys()].filter(isGranted), new Set(claims.keys())];
  for (const claim of yes) no.delete(claim);
  const kept = (grant.openid?.claims ?? []).filter((claim) => !no.has(claim));
  grant.openid = { ...grant.openid, claims: [...new Set([...kept, ...yes])] };
  if (no.size > 0) {
    grant.rejected = { ...grant.rejected, openid: { ...grant.rejected?.openid, claims: [...no] } };
  }
}

function answers({ openid, rejected }: EngineGrant, claims: ReadonlyMap<string, string>): boolean {
  const known = new Set([...(openid?.claims ?? []), ...(rejected?.openid?.claims ?? [])]);
  return [...claims.keys()].every((claim) => known.has(claim));
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
