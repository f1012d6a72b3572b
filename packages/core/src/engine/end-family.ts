import { revocationRecord } from '../issue/revocation-record.js';
import type { UnitOfWork } from './unit-of-work.js';

/** Kinds whose records belong to a grant. */
export const familyKinds = ['AuthorizationCode', 'AccessToken', 'RefreshToken'] as const;

/** Ends a grant and every token of it, and tells the guards of all nodes. */
export function endFamily(
  unit: UnitOfWork,
  grantId: string,
  now: number,
  longestJwtSeconds: number,
): void {
  for (const kind of familyKinds) unit.removeAll(kind, 'grantId', grantId);
  unit.overwrite(revocationRecord({ grantId }, now, longestJwtSeconds));
  unit.remove('Grant', grantId);
}
