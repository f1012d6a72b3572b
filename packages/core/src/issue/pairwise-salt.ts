import { randomBytes } from 'node:crypto';
import { boundedStore, storeMilliseconds } from '../bounded-store.js';
import type { Clock } from '../clock.js';
import { ConfigurationError } from '../errors.js';
import type { Secrets } from '../secrets.js';
import type { NewRecord, Store, StoredRecord } from '../store.js';
import { tryCommit } from '../try-commit.js';

const kind = 'PairwiseSalt';
const id = 'salt';
const label = 'pairwise-salt';

/**
 * The salt of pairwise subjects: made by the node that needs it first, agreed by one insert, and the same for ever after. It is not
 * derived from `secrets`, which rotate, since every `sub` would change with it.
 *
 * @throws {ConfigurationError} `ERR_SECRET_WRONG` when it does not open: another one would give everybody another name.
 */
export async function loadPairwiseSalt(
  given: Store,
  secrets: Secrets,
  clock: Clock,
): Promise<Buffer> {
  const store = boundedStore(given, () => storeMilliseconds);
  const find = (): Promise<StoredRecord | undefined> => store.find(kind, { id }, clock.now());

  function sealed(salt: string): NewRecord {
    return { kind, id, payload: secrets.seal(label, salt, id), keys: {} };
  }

  async function make(): Promise<StoredRecord | undefined> {
    const insert = sealed(randomBytes(32).toString('base64url'));
    await tryCommit(store, [{ insert }], clock.now());
    // Another node that starts at the same time may have been first. Read in any case: what counts is what stands there.
    return find();
  }

  const record = (await find()) ?? (await make());
  if (!record) throw new Error('the salt of pairwise subjects vanished');
  const salt = secrets.open(label, record.payload, id);
  if (salt === undefined) {
    throw new ConfigurationError('ERR_SECRET_WRONG', [
      {
        path: 'secrets',
        message:
          'none of the secrets opens the salt of pairwise subjects in the store. Add the secret that this database was started with; it may be the last of the list.',
      },
    ]);
  }
  if (!secrets.isCurrent(label, record.payload, id)) {
    const write = { put: sealed(salt), ifRevision: record.revision };
    // Another node may have sealed it anew already.
    await tryCommit(store, [write], clock.now());
  }
  return Buffer.from(salt, 'base64url');
}
