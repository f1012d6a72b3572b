import type { Clock } from '../clock.js';
import { loadEpoch } from '../issue/epochs.js';
import type { StoredRecord } from '../store.js';
import type { EndingSession } from './end-session.js';
import { handleOf, type RecordCodec } from './records.js';
import { accountEpochOf } from './kinds.js';
import type { UnitOfWork } from './unit-of-work.js';

/** What the record of a browser session says. */
export interface RecordedSession extends EndingSession {
  readonly accountId: string;
  readonly loginTs: number;
  readonly amr?: readonly string[];
  readonly acr?: string;
  readonly iat: number;
  readonly exp: number;
  /** When it was written last. */
  readonly usedAt: number;
  /** The epoch of the account that it was logged in under. */
  readonly epoch: number;
}

/** Reads records of sessions past the engine: for those that are not the request's own. */
export interface SessionRecords {
  /** A session by the stored id of its record. */
  find(unit: UnitOfWork, id: string): Promise<RecordedSession | undefined>;
  /** What a record says, whether or not it still counts; nothing when nobody is logged in there. */
  open(record: StoredRecord): RecordedSession | undefined;
  /** Nothing when nobody is logged in there, or the session has expired or was revoked with all of its account. */
  read(unit: UnitOfWork, record: StoredRecord): Promise<RecordedSession | undefined>;
}

/** Makes the reader. */
export function createSessionRecords({
  codec,
  clock,
}: {
  readonly codec: RecordCodec;
  readonly clock: Clock;
}): SessionRecords {
  const records: SessionRecords = {
    async find(unit, id) {
      const record = await unit.find('Session', { id }, [accountEpochOf]);
      return record && records.read(unit, record);
    },
    open(record) {
      const { payload, meta } = codec.decode(record) ?? {};
      const { accountId, exp = 0, iat = 0, loginTs = 0, ...more } = payload ?? {};
      if (typeof accountId !== 'string') return undefined;
      const { usedAt = iat, accountEpoch: epoch = 0 } = meta ?? {};
      const jti = handleOf(record.id);
      return { ...more, jti, accountId, exp, iat, loginTs, usedAt, epoch } as RecordedSession;
    },
    async read(unit, record) {
      const session = records.open(record);
      if (!session || session.exp <= clock.now()) return undefined;
      const epoch = await loadEpoch(unit, 'AccountEpoch', session.accountId);
      return session.epoch < epoch ? undefined : session;
    },
  };
  return records;
}
