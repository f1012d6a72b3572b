import type { UnitOfWork } from '../engine/unit-of-work.js';
import type { RevocationFeed } from './revocation-feed.js';
import { type RevocationSubject, revocationRecord } from './revocation-record.js';

/** What an announcement needs. */
export interface Announcement {
  readonly feed: Pick<RevocationFeed, 'note'>;
  /** How long the record must be kept: the longest life of a JWT. */
  readonly longestJwtSeconds: number;
}

/** Tells the guards of all nodes with the commit, and those of this process as soon as it held. */
export function announceRevocation(
  unit: UnitOfWork,
  subject: RevocationSubject,
  now: number,
  { feed, longestJwtSeconds }: Announcement,
): void {
  const record = revocationRecord(subject, now, longestJwtSeconds);
  unit.overwrite(record);
  unit.afterCommit(() => feed.note(subject, record.expiresAt ?? 0));
}
