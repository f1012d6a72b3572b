import { checkWrites } from './check-writes.js';
import { createDeclaredKinds } from './declared-kinds.js';
import type { NewRecord, Write } from './store.js';

const kinds = createDeclaredKinds();
kinds.declare([{ kind: 'Token', keys: { grantId: {} } }]);

function token(id: string, rest: Partial<NewRecord> = {}): NewRecord {
  return { kind: 'Token', id, payload: '{}', keys: { grantId: 'g1' }, ...rest };
}

const all: readonly Write[] = [
  { remove: { kind: 'Token', id: 't1' } },
  { insert: token('t2') },
  { put: token('t3', { expiresAt: 10 }) },
  { put: token('t4'), ifRevision: 2 },
  { removeAll: { kind: 'Token', key: 'grantId', value: 'g1' } },
  { consume: { kind: 'Token', id: 't5', attempt: 'a1', receipt: 'r1', expiresAt: 20 } },
  { consume: { kind: 'Token', id: 't6', attempt: 'a1' } },
];

describe('checkWrites', () => {
  it('gives preconditions before plain writes, each in the order in which it was given', () => {
    const { required, plain } = checkWrites(kinds, all);
    expect(required.map(({ write }) => write)).toEqual([all[1], all[3], all[5], all[6]]);
    expect(plain.map(({ write }) => write)).toEqual([all[0], all[2], all[4]]);
    for (const { kind } of [...required, ...plain]) expect(kind).toBe(kinds.of('Token'));
  });

  it('names the very object of the caller, and copies what is in it', () => {
    const given = structuredClone(all);
    const { required, plain } = checkWrites(kinds, given);
    for (const write of given) {
      for (const part of Object.values(write)) {
        if (typeof part !== 'object') continue;
        if ('keys' in part) Object.assign(part.keys, { grantId: 'changed' });
        Object.assign(part, { id: 'changed', key: 'changed', attempt: 'changed' });
      }
    }
    expect(required.map(({ write }) => write)).toEqual([all[1], all[3], all[5], all[6]]);
    expect(plain.map(({ write }) => write)).toEqual([all[0], all[2], all[4]]);
    expect(required[0]?.given).toBe(given[1]);
    expect(plain[0]?.given).toBe(given[0]);
  });

  it('asks the kinds of a store as their own function', () => {
    const own = {
      known: kinds,
      of(kind: string) {
        return this.known.of(kind);
      },
    };
    expect(checkWrites(own, all)).toEqual(checkWrites(kinds, all));
  });

  const consume = { kind: 'Token', id: 't1', attempt: 'a1' };
  const isNo = (path: string, expected: string, got = 'object') =>
    `${path} must be ${expected}, got ${got}`;

  it.each<[write: unknown, message: string]>([
    [null, isNo('writes[]', 'an object', 'null')],
    [{}, 'a write must have insert, put, consume, remove or removeAll'],
    [{ upsert: token('t1') }, 'a write must have insert, put, consume, remove or removeAll'],
    [{ insert: null }, isNo('writes[]', 'an object', 'null')],
    [{ put: 'Token' }, isNo('writes[]', 'an object', 'string')],
    [{ consume: null }, isNo('writes[]', 'an object', 'null')],
    [{ remove: undefined }, isNo('writes[]', 'an object', 'undefined')],
    [{ removeAll: 1 }, isNo('writes[]', 'an object', 'number')],
    [{ insert: { ...token('t1'), kind: 'Tokne' } }, 'kind "Tokne" was not declared in open()'],
    [{ remove: { kind: { $gt: '' }, id: 't1' } }, isNo('kind', 'a string')],
    [{ insert: { ...token('t1'), id: { $gt: '' } } }, isNo('id', 'a string')],
    [{ put: { ...token('t1'), payload: {} } }, isNo('payload', 'a string')],
    [{ put: { ...token('t1'), keys: null } }, isNo('keys', 'an object', 'null')],
    [{ put: token('t1', { keys: { id: 'a' } }) }, 'kind Token declares no key "id"'],
    [{ put: { ...token('t1'), keys: { grantId: {} } } }, isNo('keys.grantId', 'a string')],
    [
      { put: token('t1', { expiresAt: Number.NaN }) },
      isNo('expiresAt', 'a finite number', 'number'),
    ],
    [
      { put: token('t1'), ifRevision: 0 },
      isNo('ifRevision', 'a whole number of 1 or more', 'number'),
    ],
    [
      { put: token('t1'), ifRevision: null },
      isNo('ifRevision', 'a whole number of 1 or more', 'null'),
    ],
    [{ consume: { ...consume, id: ['t1'] } }, isNo('id', 'a string')],
    [{ consume: { ...consume, attempt: undefined } }, isNo('attempt', 'a string', 'undefined')],
    [{ consume: { ...consume, receipt: null } }, isNo('receipt', 'a string', 'null')],
    [{ consume: { ...consume, expiresAt: '9' } }, isNo('expiresAt', 'a finite number', 'string')],
    [{ remove: { kind: 'Token', id: 1 } }, isNo('id', 'a string', 'number')],
    [{ removeAll: { kind: 'Token', key: '$gt', value: '' } }, 'kind Token declares no key "$gt"'],
    [{ removeAll: { kind: 'Token', key: 'grantId', value: {} } }, isNo('value', 'a string')],
  ])('refuses %j', (write, message) => {
    const writes = [...all, write] as readonly Write[];
    expect(() => checkWrites(kinds, writes)).toThrow(new TypeError(message));
  });

  it('refuses what is no list', () => {
    const noList = { length: 0 } as unknown as readonly Write[];
    expect(() => checkWrites(kinds, noList)).toThrow(new TypeError(isNo('writes', 'an array')));
  });
});
