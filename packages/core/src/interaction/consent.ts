import type { UnitOfWork } from '../engine/unit-of-work.js';
import { hashOf } from '../secrets.js';
import type { NewRecord, StoredRecord } from '../store.js';
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
  /** What a first-party client was given without a question. */
  readonly unasked?: ScopesByResource;
  /** Its removal is under way: nothing counts any more, and its grants are being ended. */
  readonly ended?: true;
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

/** What the person answered before, as the running request sees it. */
export async function loadConsent(
  unit: UnitOfWork,
  accountId: string,
  clientId: string,
): Promise<Consent | undefined> {
  const consent = await loadConnection(unit, accountId, clientId);
  if (!consent) return undefined;
  const { granted, rejected } = consent;
  return [...Object.keys(granted), ...Object.keys(rejected)].length > 0 ? consent : undefined;
}

/** That an account is connected to a client, whether or not it was asked. */
export async function loadConnection(
  unit: UnitOfWork,
  accountId: string,
  clientId: string,
): Promise<Consent | undefined> {
  const record = await unit.find('Consent', { id: connectionId(accountId, clientId) });
  const consent = record && readConsent(record);
  return consent?.ended ? undefined : consent;
}

/** The consent of a record. */
export function readConsent({ payload }: Pick<StoredRecord, 'payload'>): Consent {
  return JSON.parse(payload) as Consent;
}

/** Adds a decision to what is remembered. The new answer wins where both speak of a scope. */
export async function saveConsent(
  unit: UnitOfWork,
  accountId: string,
  clientId: string,
  decision: ConsentDecision,
  now: number,
): Promise<void> {
  const before = await loadConnection(unit, accountId, clientId);
  const consent: Consent = {
    ...before,
    accountId,
    clientId,
    granted: merge(before?.granted, decision.granted, decision.rejected),
    rejected: merge(before?.rejected, decision.rejected, decision.granted),
    since: before?.since ?? now,
    changed: now,
  };
  unit.save(consentRecord(consent));
}

/** Remembers what a first-party client gets without a question, so that the person can see it, and end it. */
export async function saveConnection(
  unit: UnitOfWork,
  accountId: string,
  clientId: string,
  scopes: ScopesByResource,
  now: number,
): Promise<void> {
  const before = await loadConnection(unit, accountId, clientId);
  if (before && (coversAll(before, scopes) || includesAll(before.unasked, scopes))) return;
  unit.save(
    consentRecord({
      accountId,
      clientId,
      granted: {},
      rejected: {},
      since: now,
      ...before,
      unasked: merge(before?.unasked, scopes, {}),
      changed: now,
    }),
  );
}

/** How a consent is stored. */
export function consentRecord(consent: Consent, expiresAt?: number): NewRecord {
  const { accountId, clientId } = consent;
  return {
    kind: 'Consent',
    id: connectionId(accountId, clientId),
    payload: JSON.stringify(consent),
    keys: { accountId, clientId },
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}

/** Names an account at a client: the id of their consent, and a key of their grants. */
export function connectionId(accountId: string, clientId: string): string {
  return hashOf(JSON.stringify([accountId, clientId]));
}

function includesAll(known: ScopesByResource | undefined, wanted: ScopesByResource): boolean {
  return Object.entries(wanted).every(([resource, scopes]) =>
    scopes.every((scope) => known?.[resource]?.includes(scope)),
  );
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
