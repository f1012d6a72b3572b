import type { KindDeclaration, Store } from '@gatehouse/core';
import { leaksIn } from '../../../../scripts/testing/find-leaks.js';
import { secretOf } from '../machine-client.js';
import { managedPassword, type SecretWalk, walkSecrets } from '../secret-walk.js';
import { testStore } from '../test-store.js';

let kinds: readonly KindDeclaration[] = [];
let store: Store;
let walked: SecretWalk;
/** Every record of every kind, as text, at several moments of the run: what is removed later was at rest, too. */
const dumps: string[] = [];

async function dump(): Promise<void> {
  for (const { kind } of kinds) {
    for (let cursor: string | undefined; ; ) {
      const more = cursor === undefined ? {} : { cursor };
      const page = await store.list(kind, 'all', { now: 0, limit: 1000, ...more });
      dumps.push(...page.records.map((record) => JSON.stringify(record)));
      cursor = page.cursor;
      if (cursor === undefined) break;
    }
  }
}

beforeAll(async () => {
  const kept = testStore();
  store = {
    ...kept,
    open: async (declared) => {
      kinds = declared;
      await kept.open?.(declared);
    },
  };
  walked = await walkSecrets(store, dump);
});

describe('after a run through everything', () => {
  it('the tap has heard secrets of every sort, and the run has left records and a log', () => {
    expect(walked.secrets).toContain(managedPassword);
    expect(walked.secrets).toContain(secretOf('machine'));
    expect(walked.secrets.size).toBeGreaterThan(40);
    const found = new Set(dumps.map((text) => (JSON.parse(text) as { kind: string }).kind));
    for (const kind of [
      'Session',
      'Interaction',
      'AuthorizationCode',
      'AccessToken',
      'RefreshToken',
      'Grant',
    ]) {
      expect(found).toContain(kind);
    }
    for (const kind of [
      'ClientCredentials',
      'ReplayDetection',
      'Revocation',
      'Password',
      'SigningKeys',
      'Consent',
    ]) {
      expect(found).toContain(kind);
    }
    const messages = walked.log.map(({ message }) => message);
    for (const message of [
      'login.failed',
      'login.succeeded',
      'token.issued',
      'token.refused',
      'code.replayed',
      'client.limited',
    ]) {
      expect(messages).toContain(message);
    }
  });

  it('no secret is in a record of the store, in any spelling', () => {
    expect(leaksIn(dumps, walked.secrets)).toEqual([]);
  });

  it('no private key is in a record of the store', () => {
    expect(dumps.join('\n')).not.toMatch(/\\?"d\\?":/);
  });

  it('no secret is in the log', () => {
    const text = JSON.stringify(walked.log, (_key, value: unknown) =>
      value instanceof Error ? `${value.message} ${value.stack}` : value,
    );
    const leaked = [...walked.secrets].filter((secret) => text.includes(secret));
    expect(leaked).toEqual([]);
  });
});
