import { randomBytes } from 'node:crypto';
import type { Store } from '@gatehouse/core';
import { driverError } from './broken-store.js';
import { testStore } from './test-store.js';

/** A store of the kind under test whose signing keys can be put out of reach, and nothing else. */
export function breakableRing(): Store & { breakRing(): void } {
  const store = testStore();
  let broken = false;
  return {
    ...store,
    async find(kind, ...args) {
      if (broken && kind === 'SigningKeys') throw new Error(driverError);
      return store.find(kind, ...args);
    },
    breakRing() {
      broken = true;
    },
  };
}

/** A token as one that another node has just signed, by a key that this one has not heard of. */
export function signedElsewhere(token: string): string {
  const [header = '', ...rest] = token.split('.');
  const members = JSON.parse(Buffer.from(header, 'base64url').toString()) as object;
  const kid = randomBytes(32).toString('base64url');
  return [Buffer.from(JSON.stringify({ ...members, kid })).toString('base64url'), ...rest].join(
    '.',
  );
}
