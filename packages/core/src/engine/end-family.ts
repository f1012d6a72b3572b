import { type Announcement, announceRevocation } from '../issue/announce-revocation.js';
import type { UnitOfWork } from './unit-of-work.js';

/** Kinds whose records belong to a grant. */
export const familyKinds = ['AuthorizationCode', 'AccessToken', 'RefreshToken'] as const;

/** Ends a grant and every token of it, and tells the guards of all nodes. */
export function endFamily(
  unit: UnitOfWork,
  grantId: string,
  now: number,
  announcement: Announcement,
): void {
  for (const kind of familyKinds) unit.removeAll(kind, 'grantId', grantId);
  announceRevocation(unit, { grantId }, now, announcement);
  unit.remove('Grant', grantId);
  unit.remove('LastUse', grantId);
}
