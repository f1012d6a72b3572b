import {
  addressBlock,
  type KindDeclaration,
  type RemoveAllWrite,
  type Runtime,
} from '@gatehouse/core';

const kind = 'PasswordPlace';
const lifetimeSeconds = 90 * 24 * 60 * 60;

/** One record for each network from which an account logged in. It names neither. */
export const passwordPlaceKind: KindDeclaration = { kind, keys: { accountId: {} } };

/** Where an account logged in before. A stranger who guesses is somewhere else. */
export interface KnownPlaces {
  isKnown(identifier: string, address: string): Promise<boolean>;
  remember(accountId: string, identifier: string, address: string): Promise<void>;
}

/** Remembers places in the store, for 90 days after the last login from there. */
export function createKnownPlaces({
  store,
  clock,
  sign,
}: Pick<Runtime, 'store' | 'clock' | 'sign'>): KnownPlaces {
  // After a rotation of the secrets the places are new ones: that costs comfort during an attack, nothing else.
  const idOf = (identifier: string, address: string): string =>
    sign('login-password:place', `${identifier} ${addressBlock(address, 64)}`);
  return {
    async isKnown(identifier, address) {
      const id = idOf(identifier, address);
      return (await store.find(kind, { id }, clock.now())) !== undefined;
    },
    async remember(accountId, identifier, address) {
      const now = clock.now();
      const id = idOf(identifier, address);
      const expiresAt = now + lifetimeSeconds;
      await store.commit([{ put: { kind, id, payload: '', keys: { accountId }, expiresAt } }], now);
    },
  };
}

/** After a new password an old place counts for nothing: somebody else may have made it known. */
export function forgetPlaces(accountId: string): RemoveAllWrite {
  return { removeAll: { kind, key: 'accountId', value: accountId } };
}
