// #region contract
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { storeContract } from '@gatehouse/store-contract';
import { jsonFileStore } from './json-file-store.js';

let folder: string;
let files = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'json-file-store-'));
});
afterAll(() => rm(folder, { recursive: true }));

const freshPath = (): string => join(folder, `${++files}.json`);

storeContract(
  { describe, it },
  { makeStore: () => jsonFileStore({ path: freshPath() }) },
  { lacks: { processes: 'the file belongs to one process' } },
);
// #endregion contract

describe('the JSON file store', () => {
  const kinds = [{ kind: 'Token', keys: { grantId: {} } }];
  const token = { kind: 'Token', id: 't1', payload: '{}', keys: { grantId: 'g1' } };

  it('finds after a restart what was committed before it, and who consumed it', async () => {
    const path = freshPath();
    const before = jsonFileStore({ path });
    await before.open?.(kinds);
    await before.commit([{ insert: token }, { insert: { ...token, id: 't2' } }], 1000);
    await before.commit([{ consume: { kind: 'Token', id: 't1', attempt: 'a1' } }], 1000);

    const after = jsonFileStore({ path });
    await after.open?.(kinds);
    const { records } = await after.list('Token', { key: 'grantId', value: 'g1' }, { now: 1000 });
    expect(records.map(({ id, revision }) => [id, revision])).toEqual([
      ['t1', 2],
      ['t2', 1],
    ]);
    const again = after.commit([{ consume: { kind: 'Token', id: 't1', attempt: 'a2' } }], 1000);
    await expect(again).rejects.toMatchObject({ reason: 'consumed' });
  });

  it('shows nothing of a commit that could not be written, and goes on', async () => {
    const path = join(folder, 'missing', 'store.json');
    const store = jsonFileStore({ path });
    await store.open?.(kinds);
    await expect(store.commit([{ insert: token }], 1000)).rejects.toThrow('ENOENT');
    expect(await store.find('Token', { id: 't1' }, 1000)).toBeUndefined();
    await expect(store.commit([{ insert: token }], 1000)).rejects.toThrow('ENOENT');
  });

  it('refuses to start on a file that it cannot read, and leaves it', async () => {
    const path = freshPath();
    await jsonFileStore({ path }).open?.(kinds);
    const store = jsonFileStore({ path: folder });
    await expect(store.open?.(kinds)).rejects.toThrow('EISDIR');
    await expect(readFile(path)).rejects.toThrow('ENOENT');
  });

  it('forgets on disk what has expired', async () => {
    const path = freshPath();
    const store = jsonFileStore({ path });
    await store.open?.(kinds);
    await store.commit([{ insert: { ...token, expiresAt: 2000 } }], 1000);
    await store.commit([{ insert: { ...token, id: 't2' } }], 2000);
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual([{ ...token, id: 't2', revision: 1 }]);
  });
});
