import { createHmac } from 'node:crypto';
import type { Client } from './clients.js';
import { sectorOf, type SubjectType } from './sector.js';

/** By which `sub` clients know accounts. */
export interface Subjects {
  /** The `sub` of an account at a client. It stays the same for as long as the client's sector does. */
  of(accountId: string, client: Client): string;
  /** Whether the client knows people by names that clients of other sectors do not. */
  isPairwise(client: Client): boolean;
}

/**
 * Without OpenID Connect every client knows an account by its id, and there is no other name. One in the store that is pairwise, from
 * when there was, is still not to be told it.
 */
export const publicSubjects: Subjects = {
  of: (accountId) => accountId,
  isPairwise: ({ metadata }) => metadata.subject_type === 'pairwise',
};

/**
 * Subjects of a server that speaks OpenID Connect.
 *
 * @param standard what a client of the options has that says nothing. A stored client says what it had when it was made: another
 * default must not give everybody there another name.
 *
 * @see [OpenID Connect Core §8.1](https://openid.net/specs/openid-connect-core-1_0.html#PairwiseAlg)
 */
export function createSubjects(salt: Buffer, standard: SubjectType): Subjects {
  function isPairwise({ metadata: { subject_type }, view: { source } }: Client): boolean {
    return (subject_type ?? (source === 'static' ? standard : 'public')) === 'pairwise';
  }

  return {
    isPairwise,
    of(accountId, client) {
      if (!isPairwise(client)) return accountId;
      const sector = sectorOf(client.metadata);
      // Checked when it was registered. Its account id is what a pairwise client must never see.
      if (sector === undefined) throw new Error('a pairwise client has no sector');
      // As a list, so that no other sector and account make the same text.
      const named = JSON.stringify([sector, accountId]);
      return createHmac('sha256', salt).update(named).digest('base64url');
    },
  };
}
