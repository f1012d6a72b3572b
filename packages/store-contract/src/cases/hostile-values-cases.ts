import assert from 'node:assert/strict';
import type { By, ListBy, Write } from '@gatehouse/core';
import type { ContractCase } from '../contract-case.js';
import { assertConflict, assertRecord, assertRefused, idsOf, listAll, token } from '../fixtures.js';

// Pairwise different; a store that folds case, trims, normalizes, truncates or converts makes two of them one.
const hostile: readonly string[] = [
  ...['', ' ', 'a', 'A', ' a', 'a ', 'a\t', 'a\n', 'a\r\n', 'a\u0000', 'a\u0000b', '\u0000'],
  ...['0', '00', '1', '01', '1.0', '1e0', '-0', '9007199254740993', '9007199254740992', '0x1'],
  ...[
    'null',
    'undefined',
    'true',
    'NaN',
    '[object Object]',
    'ObjectId("000000000000000000000000")',
  ],
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'length', 'id', '_id'],
  ...['$gt', '{"$gt":""}', '{"$ne":null}', '$where', 'a.b', 'a.$', '.', '..', '/', '\\', '../../x'],
  ...["'", "''", "' OR '1'='1", '"', ';--', '%', '_', '*', '?', '^.*$', '\u001b[0m', '{}', '[]'],
  ...['\u00e9', 'e\u0301', 'ß', 'ss', 'ı', 'İ', 'ﬁ', 'Ａ', '\u200b', 'a\u200b', '\ufeff', '\ufffd'],
  ...['😀', '😁', '👨‍👩‍👧', '\u202eabc', '日本', '000000000000000000000000'],
  ...['x'.repeat(1000), `${'x'.repeat(999)}y`],
];

const notStrings: readonly unknown[] = [
  ...[undefined, null, 1, true, {}, { $gt: '' }, ['a'], Symbol('a'), new Date(0), 1n],
];

/** Ids, keys and payloads are strings that are compared and never interpreted. */
export const hostileValuesCases: readonly ContractCase[] = [
  {
    name: 'ids are compared as they are, whatever they look like',
    async run({ store, now }) {
      for (const id of hostile) {
        assert.equal(await store.find('Token', { id }, now), undefined, JSON.stringify(id));
        await store.commit([{ insert: token(id) }], now);
      }
      for (const id of hostile) {
        assertRecord(await store.find('Token', { id }, now), { ...token(id), revision: 1 });
        const again = { insert: token(id) };
        await assertConflict(store.commit([again], now), again, 'exists');
      }
      assert.deepEqual(idsOf(await listAll(store, 'all', now)), [...hostile].sort());
      for (const id of hostile) {
        await store.commit([{ consume: { kind: 'Token', id, attempt: id, receipt: id } }], now);
        const consumed = { attempt: id, at: now, receipt: id };
        const expected = { ...token(id), revision: 2, consumed };
        assertRecord(await store.find('Token', { id }, now), expected);
        await store.commit([{ remove: { kind: 'Token', id } }], now);
        assert.equal(await store.find('Token', { id }, now), undefined, JSON.stringify(id));
      }
      assert.deepEqual(await listAll(store, 'all', now), []);
    },
  },
  {
    name: 'key values are compared as they are, whatever they look like',
    async run({ store, now }) {
      const inserts = hostile.map((value, n) => {
        return token(`t${n}`, { keys: { grantId: value, userCode: value } });
      });
      for (const insert of inserts) await store.commit([{ insert }], now);
      for (const [n, value] of hostile.entries()) {
        const found = await store.find('Token', { key: 'userCode', value }, now);
        assertRecord(found, { ...token(`t${n}`), ...inserts[n], revision: 1 });
        const listed = await listAll(store, { key: 'grantId', value }, now);
        assert.deepEqual(idsOf(listed), [`t${n}`], JSON.stringify(value));
      }
      for (const [n, value] of hostile.entries()) {
        await store.commit([{ removeAll: { kind: 'Token', key: 'grantId', value } }], now);
        assert.equal((await listAll(store, 'all', now)).length, hostile.length - 1 - n);
      }
    },
  },
  {
    name: 'a payload comes back byte for byte, up to a megabyte',
    async run({ store, now }) {
      const json =
        ' {"b":1, "a":[1.0, 1e2],\r\n"a":"\\u00e9","$set":{"__proto__":null},"x.y":"<&>"}\n';
      const large = ['x'.repeat(1_000_000), 'é😀"\\\u0000\n\u0001'.repeat(100_000)];
      const payloads = [...hostile, json, '{"$gt":""}', '😀'.repeat(1000), ...large];
      for (const payload of payloads) {
        await store.commit([{ put: token('t1', { payload }) }], now);
        assert.equal((await store.find('Token', { id: 't1' }, now))?.payload, payload);
      }
    },
  },
  {
    name: 'a string that is very long, or no Unicode, comes back as it was or is refused',
    async run({ store, now }) {
      const lone = ['\ud800', '\ud801', 'a\udc00', '\ufffd'];
      const long = ['x', 'y'].map((end) => `${'x'.repeat(10_000)}${end}`);
      for (const [n, text] of [...lone, ...long].entries()) {
        const records = [
          token(text, { payload: `${n}` }),
          token(`p${n}`, { payload: text }),
          token(`k${n}`, { keys: { grantId: text, userCode: text } }),
        ];
        for (const insert of records) {
          const refused = await store.commit([{ insert }], now).then(
            () => false,
            (error: Error) => error.name === 'TypeError' || Promise.reject(error),
          );
          const found = await store.find('Token', { id: insert.id }, now);
          if (refused) assert.equal(found, undefined);
          else assertRecord(found, { ...insert, revision: 1 });
          const { grantId } = insert.keys;
          if (grantId === undefined) continue;
          const listed = await listAll(store, { key: 'grantId', value: grantId }, now);
          assert.deepEqual(idsOf(listed), refused ? [] : [insert.id]);
        }
      }
    },
  },
  {
    name: 'what selects a record and is no string is refused',
    async run({ store, now }) {
      const keys = { grantId: 'a', userCode: 'a' };
      await store.commit([{ insert: token('a', { keys }) }], now);
      for (const value of notStrings) {
        const what = `a look-up by ${typeof value} ${String(value)}`;
        const by = [{ id: value }, { key: 'userCode', value }, { key: value, value: 'a' }] as By[];
        for (const one of by) await assertRefused(() => store.find('Token', one, now), what);
        const many = [
          { key: 'grantId', value },
          { key: value, value: 'a' },
        ] as ListBy[];
        for (const some of many)
          await assertRefused(() => store.list('Token', some, { now }), what);
      }
    },
  },
  {
    name: 'a write of what is no string is refused, and leaves nothing of its commit',
    async run({ store, now }) {
      const kind = 'Token';
      await store.commit([{ insert: token('a', { keys: { grantId: 'a' } }) }], now);
      for (const value of notStrings) {
        const writes = [
          { insert: { ...token('b'), id: value } },
          { insert: { ...token('b'), payload: value } },
          { insert: { ...token('b'), keys: { grantId: value } } },
          { put: { ...token('b'), id: value } },
          { put: { ...token('b'), payload: value } },
          { put: { ...token('b'), keys: { grantId: value } } },
          { consume: { kind, id: value, attempt: 'c1' } },
          { consume: { kind, id: 'a', attempt: value } },
          { remove: { kind, id: value } },
          { removeAll: { kind, key: 'grantId', value } },
          { removeAll: { kind, key: value, value: 'a' } },
        ] as Write[];
        for (const write of writes) {
          const commit = () => store.commit([{ put: token('c') }, write], now);
          await assertRefused(commit, `${Object.keys(write)[0]} with ${typeof value}`);
        }
      }
      const records = await listAll(store, 'all', now);
      assert.deepEqual(idsOf(records), ['a']);
      assert.equal(records[0]?.revision, 1);
    },
  },
  {
    name: 'a write with a key that is not declared is refused, and leaves nothing of its commit',
    async run({ store, now }) {
      await store.commit([{ insert: token('a') }], now);
      for (const key of ['clientId', '__proto__', 'constructor', 'id', '$gt', '']) {
        const keys = Object.fromEntries([[key, 'a']]);
        const removeAll = { kind: 'Token', key, value: 'a' };
        for (const write of [
          { insert: token('b', { keys }) },
          { put: token('b', { keys }) },
          { removeAll },
        ]) {
          const commit = () => store.commit([{ put: token('c') }, write], now);
          await assertRefused(commit, `${Object.keys(write)[0]} with key ${JSON.stringify(key)}`);
        }
      }
      assert.deepEqual(idsOf(await listAll(store, 'all', now)), ['a']);
    },
  },
];
