import assert from 'node:assert/strict';
import type { ContractCase } from '../contract-case.js';
import { assertRecord, assertRefused, token } from '../fixtures.js';

/** One record, by id or by a unique key. */
export const findCases: readonly ContractCase[] = [
  {
    name: 'find of an absent record gives undefined',
    async run({ store, now }) {
      await store.commit([{ insert: token('t1', { keys: { userCode: 'u1' } }) }], now);
      assert.equal(await store.find('Token', { id: 't2' }, now), undefined);
      assert.equal(await store.find('Token', { id: 'u1' }, now), undefined);
      assert.equal(await store.find('Token', { key: 'userCode', value: 't1' }, now), undefined);
      assert.equal(await store.find('Grant', { id: 't1' }, now), undefined);
    },
  },
  {
    name: 'find by a unique key gives the record as find by id does',
    async run({ store, now }) {
      const insert = token('t1', {
        keys: { userCode: 'u1', grantId: 'g1' },
        expiresAt: now + 1000,
      });
      await store.commit([{ insert }, { insert: token('t2', { keys: { userCode: 'u2' } }) }], now);
      const found = await store.find('Token', { key: 'userCode', value: 'u1' }, now);
      assertRecord(found, { ...insert, revision: 1 });
    },
  },
  {
    name: 'find by a key that is not unique, or not declared, is refused',
    async run({ store, now }) {
      await store.commit([{ insert: token('t1', { keys: { grantId: 'g1' } }) }], now);
      for (const key of ['grantId', 'clientId', '__proto__', 'payload', '']) {
        const find = () => store.find('Token', { key, value: 'g1' }, now);
        await assertRefused(find, `find by ${JSON.stringify(key)}`);
      }
    },
  },
  {
    name: 'what find gives and what commit took cannot change what is stored',
    async run({ store, now }) {
      const insert = { ...token('t1'), keys: { grantId: 'g1' } };
      await store.commit([{ insert }], now);
      insert.payload = 'changed';
      insert.keys.grantId = 'changed';
      const found = await store.find('Token', { id: 't1' }, now);
      assert.ok(found);
      // A frozen record refuses these, and a copy takes them; either is fine.
      Reflect.set(found, 'payload', 'changed');
      Reflect.set(found.keys, 'grantId', 'changed');
      const expected = { ...token('t1', { keys: { grantId: 'g1' } }), revision: 1 };
      assertRecord(await store.find('Token', { id: 't1' }, now), expected);
    },
  },
];
