import type { UnitOfWork } from '../engine/unit-of-work.js';
import { hashOf } from '../secrets.js';
import type { ConsentDecision, StepReason } from './step.js';
import type { ClientView, Destination, ScopesByResource } from './view.js';

/**
 * What a person allowed a client, remembered across browsers. It is not the grant: a grant is one token family of one browser
 * session, and ends with it.
 */
export interface Consent {
  readonly accountId: string;
  readonly clientId: string;
  readonly granted: ScopesByResource;
  readonly rejected: ScopesByResource;
  /** Epoch seconds. */
  readonly since: number;
  readonly changed: number;
}

/** What the decision whether to ask goes by. */
export interface ConsentQuestion {
  readonly client: ClientView;
  readonly destination: Destination;
  /** Whether this account has answered all that is asked, now or before. */
  readonly answered: boolean;
  /** Whether the page was answered in this very request. */
  readonly answeredNow: boolean;
}

/** Decides whether the person must be asked. */
export function consentNeeded(question: ConsentQuestion): StepReason | undefined {
  const { client, destination, answered, answeredNow } = question;
  const { firstParty, confidential } = client;
  if (!firstParty && !answered) return { reason: 'new_scopes' };
  if (answeredNow) return undefined;
  // RFC 8252 §8.6: any program on the device can claim such an address, so nobody is sent on there without a press.
  if (!confidential && (destination.kind === 'loopback' || destination.kind === 'private-use')) {
    return { reason: 'unclaimed_redirect' };
  }
  return undefined;
}

/** Whether each requested scope was answered, and at least one of them granted. */
export function coversAll(
  consent: ConsentDecision | undefined,
  requested: ScopesByResource,
): boolean {
  if (!consent) return false;
  let granted = false;
  for (const [resource, scopes] of Object.entries(requested)) {
    const yes = new Set(consent.granted[resource]);
    const no = new Set(consent.rejected[resource]);
    for (const scope of scopes) {
      if (!yes.has(scope) && !no.has(scope)) return false;
      granted ||= yes.has(scope);
    }
  }
  return granted;
}

/** The remembered consent, as the running request sees it. */
export async function loadConsent(
  unit: UnitOfWork,
  accountId: string,
  clientId: string,
): Promise<Consent | undefined> {
  const record = await unit.find('Consent', { id: consentId(accountId, clientId) });
  return record ? (JSON.parse(record.payload) as Consent) : undefined;
}

/** Adds a decision to what is remembered. The new answer wins where both speak of a scope. */
export async function saveConsent(
  unit: UnitOfWork,
  accountId: string,
  clientId: string,
  decision: ConsentDecision,
  now: number,
): Promise<void> {
  const before = await loadConsent(unit, accountId, clientId);
  const consent: Consent = {
    accountId,
    clientId,
    granted: merge(before?.granted, decision.granted, decision.rejected),
    rejected: merge(before?.rejected, decision.rejected, decision.granted),
    since: before?.since ?? now,
    changed: now,
  };
  unit.save({
    kind: 'Consent',
    id: consentId(accountId, clientId),
    payload: JSON.stringify(consent),
    keys: { accountId, clientId },
  });
}

function consentId(accountId: string, clientId: string): string {
  return hashOf(JSON.stringify([accountId, clientId]));
}

function merge(
  before: ScopesByResource | undefined,
  added: ScopesByResource,
  taken: ScopesByResource,
): ScopesByResource {
  const merged: Record<string, string[]> = {};
  for (const resource of new Set([...Object.keys(before ?? {}), ...Object.keys(added)])) {
    const gone = new Set(taken[resource]);
    const kept = (before?.[resource] ?? []).filter((scope) => !gone.has(scope));
    merged[resource] = [...new Set([...kept, ...(added[resource] ?? [])])];
  }
  return merged;
}
