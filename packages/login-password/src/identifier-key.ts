import { createHmac, randomBytes } from 'node:crypto';
import { ConfigurationError, type Runtime, type Store, StoreConflict } from '@gatehouse/core';

const kind = 'PasswordKey';
const id = 'identifier';
const label = 'login-password:identifier-key';

interface Payload {
  readonly sealed: string;
  /** Changes when another secret comes first. */
  readonly sealedUnder: string;
}

/** Declares the record that holds the key. */
export const passwordKeyKind: { readonly kind: string; readonly keys: Record<string, never> } = {
  kind,
  keys: {},
};

/**
 * Makes the lookup value of an identifier, so that no address lies in the store in clear and none can be guessed from it.
 *
 * The key of this HMAC is made once, sealed and stored. Were it derived from `secrets`, the removal of an old secret would lose
 * the password of everybody who did not log in meanwhile. Sealed, it outlives every rotation in which one process has seen the
 * old and the new secret together.
 */
export function createIdentifierKey(
  runtime: Pick<Runtime, 'store' | 'clock' | 'sign' | 'seal' | 'open'>,
): (normalized: string) => Promise<string> {
  const { store, clock } = runtime;
  const sealedUnder = (): string => runtime.sign(label, 'sealed under');
  const payloadOf = (key: string): string =>
    JSON.stringify({ sealed: runtime.seal(label, key), sealedUnder: sealedUnder() });

  async function load(): Promise<string> {
    const found = await findKey(store, clock.now());
    if (found === undefined) {
      const key = randomBytes(32).toString('base64url');
      const insert = { kind, id, payload: payloadOf(key), keys: {} };
      const won = await commits(store, { insert }, clock.now());
      return won ? key : load();
    }
    const payload = JSON.parse(found.payload) as Payload;
    const key = runtime.open(label, payload.sealed);
    if (key === undefined) throw secretIsGone();
    if (payload.sealedUnder !== sealedUnder()) {
      const put = { kind, id, payload: payloadOf(key), keys: {} };
      // Whoever changed it in between did the same.
      await commits(store, { put, ifRevision: found.revision }, clock.now());
    }
    return key;
  }

  let loading: Promise<string> | undefined;
  return async (normalized) => {
    loading ??= load();
    try {
      return createHmac('sha256', await loading)
        .update(normalized)
        .digest('base64url');
    } catch (error) {
      // An outage is not for ever: the next login reads again.
      loading = undefined;
      throw error;
    }
  };
}

function findKey(store: Store, now: number): ReturnType<Store['find']> {
  return store.find(kind, { id }, now);
}

async function commits(
  store: Store,
  write: Parameters<Store['commit']>[0][number],
  now: number,
): Promise<boolean> {
  try {
    await store.commit([write], now);
    return true;
  } catch (error) {
    if (error instanceof StoreConflict) return false;
    throw error;
  }
}

function secretIsGone(): ConfigurationError {
  return new ConfigurationError('ERR_SECRET_WRONG', [
    {
      path: 'secrets',
      message:
        'The key that finds passwords was sealed under a secret that is not listed any more. Put that secret back, behind the new one.',
    },
  ]);
}
