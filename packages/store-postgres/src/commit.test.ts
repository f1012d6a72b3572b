import {
  type NewRecord,
  type Store,
  StoreConflict,
  type StoredRecord,
  type Write,
} from '@gatehouse/core';
import { memoryStore } from '@gatehouse/store-memory';
import pg from 'pg';
import { describeOnPostgres } from '../../../scripts/testing/postgres.js';
import { removeTables } from '../test/remove-tables.js';
import { postgresStore } from './index.js';

const kinds = [
  { kind: 'Token', keys: { grantId: {}, userCode: { unique: true } } },
  { kind: 'Grant', keys: { grantId: {} } },
] as const;

describeOnPostgres('a commit of postgresStore', (server) => {
  let pool: pg.Pool;
  let spaces = 0;
  beforeAll(() => {
    pool = new pg.Pool({ connectionString: server().uri });
  });
  afterAll(async () => {
    await removeTables(pool, `c${process.pid}_`);
    await pool.end();
  });

  async function openStore(): Promise<Store> {
    const store = postgresStore({ pool, prefix: `c${process.pid}_${++spaces}_` });
    await store.open(kinds);
    return store;
  }

  it.each([1, 2, 3, 4, 5, 6])(
    'does what the reference store does, whatever touches whatever (seed %d)',
    async (seed) => {
      const random = randomOf(seed);
      const [store, reference] = [await openStore(), memoryStore()];
      await reference.open(kinds);
      for (let now = 1000; now < 1150; now += 1) {
        const writes = Array.from({ length: 1 + random(5) }, () => writeOf(random, now));
        const [outcome, expected] = [
          await commit(store, writes, now),
          await commit(reference, writes, now),
        ];
        expect({ now, writes, outcome }).toEqual({ now, writes, outcome: expected });
        for (const kind of ['Token', 'Grant']) {
          const records = byId(await store.list(kind, 'all', { now }));
          expect({ now, writes, records }).toEqual({
            now,
            writes,
            records: byId(await reference.list(kind, 'all', { now })),
          });
        }
      }
    },
    60_000,
  );

  const before = token('t1', { userCode: 'u1' });
  it.each<readonly [string, readonly Write[]]>([
    ['exists', [{ insert: token('t2', { userCode: 'u1' }) }, { put: token('t1'), ifRevision: 1 }]],
    ['held', [{ put: token('t1'), ifRevision: 1 }, { insert: token('t2', { userCode: 'u1' }) }]],
    ['exists', [{ put: token('t2', { userCode: 'u1' }) }, { remove: token('t1') }]],
    ['held', [{ remove: token('t1') }, { put: token('t2', { userCode: 'u1' }) }]],
    ['held', [{ put: token('t1') }, { put: token('t2', { userCode: 'u1' }) }]],
    [
      'exists',
      [{ insert: token('t2', { userCode: 'u2' }) }, { insert: token('t3', { userCode: 'u2' }) }],
    ],
    ['exists', [{ insert: token('t2') }, { insert: token('t1') }, { remove: token('t1') }]],
    ['gone', [{ insert: token('t2') }, { put: token('t3'), ifRevision: 1 }]],
    ['held', [{ insert: token('t2', { grantId: 'g1' }) }, { removeAll: ofGrant('g1') }]],
    ['held', [{ removeAll: ofGrant('g1') }, { put: token('t2', { grantId: 'g1' }) }]],
  ])('is %s as the order of its writes says: %j', async (outcome, writes) => {
    const [store, reference] = [await openStore(), memoryStore()];
    await reference.open(kinds);
    for (const each of [store, reference]) {
      await each.commit([{ insert: before }], 1000);
      expect(await commit(each, writes, 1000)).toMatch(new RegExp(`${outcome}$`));
    }
    const records = byId(await store.list('Token', 'all', { now: 1000 }));
    expect(records).toEqual(byId(await reference.list('Token', 'all', { now: 1000 })));
  });
});

function token(id: string, keys: Readonly<Record<string, string>> = {}): NewRecord {
  return { kind: 'Token', id, payload: id, keys };
}

function ofGrant(value: string): { kind: string; key: string; value: string } {
  return { kind: 'Token', key: 'grantId', value };
}

/** What a commit came to: the place of the write that failed, and why. */
async function commit(store: Store, writes: readonly Write[], now: number): Promise<string> {
  try {
    await store.commit(writes, now);
    return 'held';
  } catch (error) {
    if (!(error instanceof StoreConflict)) throw error;
    return `${writes.indexOf(error.write)} ${error.reason}`;
  }
}

function byId({ records }: { readonly records: readonly StoredRecord[] }): readonly StoredRecord[] {
  return [...records].sort((a, b) => (a.id < b.id ? -1 : 1));
}

// Few ids and values, so that writes meet.
function writeOf(random: (below: number) => number, now: number): Write {
  const kind = random(4) === 0 ? 'Grant' : 'Token';
  const id = `t${random(5)}`;
  const keys = {
    ...(random(2) === 0 && { grantId: `g${random(2)}` }),
    ...(kind === 'Token' && random(3) === 0 && { userCode: `u${random(3)}` }),
  };
  const expiry = random(3) === 0 ? { expiresAt: now + 1 + random(6) } : {};
  const record = { kind, id, payload: `${now}`, keys, ...expiry };
  const attempt = `a${random(3)}`;
  const choices: readonly Write[] = [
    { insert: record },
    { insert: record },
    { put: record },
    { put: record, ifRevision: 1 + random(3) },
    { consume: { kind, id, attempt, receipt: `r${now}`, ...expiry } },
    { remove: { kind, id } },
    { removeAll: { kind, key: 'grantId', value: `g${random(2)}` } },
    { removeAll: { kind: 'Token', key: 'userCode', value: `u${random(3)}` } },
  ];
  return choices[random(choices.length)] ?? { insert: record };
}

function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
