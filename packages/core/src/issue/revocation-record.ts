import type { NewRecord } from '../store.js';

/** What every node must learn of: what a verified JWT can have been revoked by, and which clients changed. */
export type RevocationSubject =
  | { readonly grantId: string }
  | { readonly tokenId: string }
  | { readonly clientId: string; readonly epoch: number }
  | { readonly changedClientId: string };

/** Tells every node that JWTs of a grant, one JWT, or JWTs of a client before an epoch are dead, or that a client changed. */
export function revocationRecord(
  subject: RevocationSubject,
  now: number,
  lifetimeSeconds: number,
): NewRecord {
  return {
    kind: 'Revocation',
    id: idOf(subject),
    payload: JSON.stringify(subject),
    keys: { minute: minuteOf(now) },
    // No JWT lives longer than this, so nobody needs the record after. Two minutes more for clocks that differ.
    expiresAt: now + lifetimeSeconds + 120,
  };
}

/** The bucket in which other nodes look for new revocations. */
export function minuteOf(now: number): string {
  return String(Math.floor(now / 60));
}

function idOf(subject: RevocationSubject): string {
  if ('grantId' in subject) return `grant:${subject.grantId}`;
  if ('tokenId' in subject) return `token:${subject.tokenId}`;
  if ('changedClientId' in subject) return `changed:${subject.changedClientId}`;
  return `client:${subject.clientId}`;
}
