import { ConfigurationError } from '../errors.js';
import type { Clock } from '../clock.js';
import type { Secrets } from '../secrets.js';
import type { Store, StoredRecord, Write } from '../store.js';
import { tryCommit } from '../try-commit.js';
import type { Ring, RingKey } from './key-ring.js';
import type { SigningJwk } from './signing-key.js';

/** A ring as it was read. */
export interface StoredRing {
  readonly ring: Ring;
  /** Of the record; 0 when there is none yet. */
  readonly revision: number;
  /** Whether it is sealed under the first secret. */
  readonly isCurrent: boolean;
}

/** The one record of the ring. */
export interface RingRecord {
  /**
   * The ring, or nothing when it still has that revision.
   *
   * @throws {ConfigurationError} `ERR_SECRET_WRONG` when no secret opens it.
   */
  load(known?: number): Promise<StoredRing | undefined>;
  /** Replaces what was read. `false` when another node was first: one wins each step. */
  save(ring: Ring, read: StoredRing): Promise<boolean>;
}

const kind = 'SigningKeys';
const id = 'ring';
// The longest that an access token may be made to live.
const daySeconds = 86_400;

/** The ring in the store, sealed. Keys of a version that made one for each algorithm are taken over as they are. */
export function ringRecord(store: Store, secrets: Secrets, clock: Clock): RingRecord {
  function open({ id: context, payload }: StoredRecord): unknown {
    const text = secrets.open('keys', payload, context);
    if (text !== undefined) return JSON.parse(text) as unknown;
    throw new ConfigurationError('ERR_SECRET_WRONG', [
      {
        path: 'secrets',
        message:
          'none of the secrets opens the signing keys in the store. Add the secret that this database was started with; it may be the last of the list.',
      },
    ]);
  }

  async function adopt(): Promise<StoredRing> {
    const { records } = await store.list(kind, 'all', { now: clock.now(), limit: 1000 });
    const since = clock.now() * 1000;
    const ring = records
      .filter((record) => record.id.startsWith('1:'))
      .map((record): RingKey => {
        const jwk = open(record) as SigningJwk;
        const { kid, alg } = jwk;
        return { kid, alg, state: 'active', since, longestSeconds: daySeconds, jwk };
      });
    return { ring, revision: 0, isCurrent: true };
  }

  return {
    async load(known) {
      const record = await store.find(kind, { id }, clock.now());
      if (!record) return adopt();
      if (record.revision === known) return undefined;
      return {
        ring: open(record) as Ring,
        revision: record.revision,
        isCurrent: secrets.isCurrent('keys', record.payload, id),
      };
    },
    async save(ring, { ring: before, revision }) {
      const record = {
        kind,
        id,
        payload: secrets.seal('keys', JSON.stringify(ring), id),
        keys: {},
      };
      const kids = new Set(ring.map(({ kid }) => kid));
      const gone = before.filter(({ kid }) => !kids.has(kid));
      const writes: Write[] = [
        revision === 0 ? { insert: record } : { put: record, ifRevision: revision },
        // Its earlier record stays as long as it verifies: a deployment may be rolled back.
        ...gone.map(({ alg }) => ({ remove: { kind, id: `1:${alg}` } })),
      ];
      return tryCommit(store, writes, clock.now());
    },
  };
}
