import {
  type KindDeclaration,
  type Runtime,
  StoreConflict,
  type StoredRecord,
  type Write,
} from '@gatehouse/core';
import { argon2Hasher, type Hasher } from './argon2-hasher.js';
import { createHashQueue } from './hash-queue.js';
import { normalizeIdentifier, usableIdentifier } from './identifier.js';
import { createIdentifierKey } from './identifier-key.js';
import { forgetPlaces } from './known-places.js';
import { PasswordError } from './password-error.js';
import { type HashingOptions, longestPassword, resolveHashing } from './password-options.js';

/** Managed passwords, as the host uses them: `auth.passwords`. */
export interface Passwords {
  /**
   * Gives an account its password, and the identifier it logs in by. Replaces both.
   * @throws {PasswordError} `too_short`, `too_long`, `identifier_invalid`, `identifier_taken` or `busy`
   */
  set(accountId: string, identifier: string, password: string): Promise<void>;
  /** Changes the password when the current one is right, else answers `false`. Limit how often your page may ask. */
  change(accountId: string, current: string, next: string): Promise<boolean>;
  /** Gives the account another identifier for the same password. `false` when it has no password. */
  changeIdentifier(accountId: string, identifier: string): Promise<boolean>;
  /** Takes the account's password away, if it has one. */
  remove(accountId: string): Promise<void>;
  /** The account id when both are right. An unknown identifier costs the same work as a wrong password. */
  verify(identifier: string, password: string): Promise<string | undefined>;
}

/** How {@link createPasswords} works. */
export interface PasswordsOptions {
  readonly hashing?: HashingOptions;
  /** @default NFKC, outer spaces removed, lower case */
  readonly normalize?: (identifier: string) => string;
  /** @default argon2id */
  readonly hasher?: Hasher;
}

const kind = 'Password';

/** One record for each account. Its id is the account's, its key an HMAC of the identifier. */
export const passwordKind: KindDeclaration = { kind, keys: { identifier: { unique: true } } };

/** Passwords in the server's own store. */
export function createPasswords(
  runtime: Pick<Runtime, 'store' | 'clock' | 'sign' | 'seal' | 'open'>,
  { hashing, normalize = normalizeIdentifier, hasher: givenHasher }: PasswordsOptions = {},
): Passwords {
  const { store, clock } = runtime;
  const { minLength, queue, cost } = resolveHashing(hashing);
  const hasher = givenHasher ?? argon2Hasher(cost);
  const enqueue = createHashQueue(queue);
  const identifierKey = createIdentifierKey(runtime);

  const hash = (password: string): Promise<string> => enqueue(() => hasher.hash(prepare(password)));

  // Always one hash to check, whether there is a record or not: the time must not tell who has an account.
  const matches = (record: StoredRecord | undefined, password: string): Promise<boolean> =>
    enqueue(() => hasher.verify(record ? hashIn(record) : hasher.dummy, prepare(password)));

  const find = (accountId: string): Promise<StoredRecord | undefined> =>
    store.find(kind, { id: accountId }, clock.now());

  const keyFor = async (identifier: string): Promise<string> => {
    const usable = usableIdentifier(identifier, normalize);
    if (usable === undefined) {
      throw new PasswordError('identifier_invalid', 'the identifier is empty or too long');
    }
    return identifierKey(usable);
  };

  function checkNew(password: string): void {
    if (password.length > longestPassword) {
      throw new PasswordError('too_long', `the password is longer than ${longestPassword}`);
    }
    if ([...prepare(password)].length < minLength) {
      throw new PasswordError('too_short', `the password is shorter than ${minLength}`);
    }
  }

  // `false` when the record changed since it was read.
  async function commit(writes: readonly Write[]): Promise<boolean> {
    try {
      await store.commit(writes, clock.now());
      return true;
    } catch (error) {
      if (!(error instanceof StoreConflict)) throw error;
      if (error.reason === 'exists') {
        throw new PasswordError('identifier_taken', 'another account has this identifier');
      }
      return false;
    }
  }

  const replace = (record: StoredRecord, change: Partial<StoredRecord>, ...more: Write[]) => {
    const { revision, consumed: _never, ...old } = record;
    return commit([{ put: { ...old, ...change }, ifRevision: revision }, ...more]);
  };

  // A courtesy, on which no login depends: without room, or after a change by somebody else, a later one does it.
  async function renew(record: StoredRecord, password: string): Promise<void> {
    try {
      await replace(record, { payload: payloadOf(await hash(password)) });
    } catch (error) {
      if (!(error instanceof PasswordError)) throw error;
    }
  }

  return {
    async set(accountId, identifier, password) {
      checkNew(password);
      const keys = { identifier: await keyFor(identifier) };
      const payload = payloadOf(await hash(password));
      await commit([{ put: { kind, id: accountId, payload, keys } }, forgetPlaces(accountId)]);
    },
    async change(accountId, current, next) {
      checkNew(next);
      if (current.length > longestPassword) return false;
      const record = await find(accountId);
      if (!(await matches(record, current)) || record === undefined) return false;
      return replace(record, { payload: payloadOf(await hash(next)) }, forgetPlaces(accountId));
    },
    async changeIdentifier(accountId, identifier) {
      const keys = { identifier: await keyFor(identifier) };
      const record = await find(accountId);
      return record !== undefined && replace(record, { keys });
    },
    async remove(accountId) {
      await store.commit(
        [{ remove: { kind, id: accountId } }, forgetPlaces(accountId)],
        clock.now(),
      );
    },
    async verify(identifier, password) {
      const usable = usableIdentifier(identifier, normalize);
      if (usable === undefined || password.length > longestPassword) return undefined;
      const value = await identifierKey(usable);
      const record = await store.find(kind, { key: 'identifier', value }, clock.now());
      if (!(await matches(record, password)) || record === undefined) return undefined;
      if (hasher.isOutdated(hashIn(record))) await renew(record, password);
      return record.id;
    },
  };
}

// OpaqueString of RFC 8265 §4.2: one spelling for accents and spaces, nothing else, since a password is not for reading. It is
// hashed as UTF-8 bytes, NUL and all.
function prepare(password: string): string {
  return password.replace(/\p{Zs}/gu, ' ').normalize('NFC');
}

function payloadOf(hash: string): string {
  return JSON.stringify({ hash });
}

function hashIn(record: StoredRecord): string {
  return (JSON.parse(record.payload) as { hash: string }).hash;
}
