import {
  checkKey,
  checkUniqueKey,
  createDeclaredKinds,
  type DeclaredKindsOptions,
} from './declared-kinds.js';
import type { KindDeclaration } from './store.js';

const token: KindDeclaration = { kind: 'Token', keys: { grantId: {}, userCode: { unique: true } } };

describe('createDeclaredKinds', () => {
  it('joins declarations of one kind, in one list and in the next', () => {
    const kinds = createDeclaredKinds();
    kinds.declare([token, { kind: 'Token', keys: { accountId: {} } }]);
    kinds.declare([token, { kind: 'Token', keys: { uid: { unique: true } } }]);
    const { kind, keys } = kinds.of('Token');
    expect(kind).toBe('Token');
    expect([...keys]).toEqual([
      ['grantId', { unique: false }],
      ['userCode', { unique: true }],
      ['accountId', { unique: false }],
      ['uid', { unique: true }],
    ]);
  });

  it.each(['Tokne', '__proto__', ''])('refuses the kind %j, which nobody declared', (kind) => {
    const kinds = createDeclaredKinds();
    kinds.declare([token]);
    const refusal = new TypeError(`kind ${JSON.stringify(kind)} was not declared in open()`);
    expect(() => kinds.of(kind)).toThrow(refusal);
  });

  it.each<[what: string, declared: unknown, message: string]>([
    ['no list', {}, 'kinds must be an array, got object'],
    ['no declaration', [null], 'kinds[] must be an object, got null'],
    ['no name', [{ keys: {} }], 'kinds[].kind must be a string, got undefined'],
    ['no keys', [{ kind: 'Note' }], 'kinds[].keys must be an object, got undefined'],
    ['no key', [{ kind: 'Note', keys: { a: 1 } }], 'kinds[].keys[] must be an object, got number'],
    [
      'a key that is unique in other words',
      [{ kind: 'Note', keys: { a: { unique: 'yes' } } }],
      'kinds[].keys[].unique must be true or absent, got string',
    ],
    [
      'a key named id',
      [{ kind: 'Note', keys: { id: {} } }],
      'kind Note: a key cannot be named "id"',
    ],
    [
      'a key both unique and not',
      [
        { kind: 'Note', keys: { a: {} } },
        { kind: 'Note', keys: { a: { unique: true } } },
      ],
      'kind Note: key a is declared both unique and not',
    ],
    [
      'a key that was declared otherwise',
      [{ kind: 'Token', keys: { grantId: { unique: true } } }],
      'kind Token: key grantId is declared both unique and not',
    ],
  ])('refuses %s, and adds nothing of that list', (_, declared, message) => {
    const kinds = createDeclaredKinds();
    kinds.declare([token]);
    const list = Array.isArray(declared)
      ? [{ kind: 'Before', keys: {} }, { kind: 'Token', keys: { added: {} } }, ...declared]
      : declared;
    expect(() => kinds.declare(list as readonly KindDeclaration[])).toThrow(new TypeError(message));
    expect(() => kinds.of('Before')).toThrow(TypeError);
    expect([...kinds.of('Token').keys.keys()]).toEqual(['grantId', 'userCode']);
  });

  it('asks the rule of the store about each name of a kind and of a key', () => {
    const asked: string[][] = [];
    const checkName: DeclaredKindsOptions['checkName'] = (...name) => void asked.push(name);
    createDeclaredKinds({ checkName }).declare([token]);
    expect(asked).toEqual([
      ['Token', 'kinds[].kind'],
      ['grantId', 'kinds[].keys'],
      ['userCode', 'kinds[].keys'],
    ]);
  });
});

describe('checkKey and checkUniqueKey', () => {
  const kinds = createDeclaredKinds();
  kinds.declare([token]);
  const kind = kinds.of('Token');

  it('give the declaration of a key', () => {
    expect(checkKey(kind, 'grantId')).toEqual({ unique: false });
    expect(checkUniqueKey(kind, 'userCode')).toEqual({ unique: true });
  });

  it.each(['clientId', 'constructor', '__proto__', 'id'])('refuse %j, not declared', (key) => {
    const refusal = new TypeError(`kind Token declares no key ${JSON.stringify(key)}`);
    expect(() => checkKey(kind, key)).toThrow(refusal);
    expect(() => checkUniqueKey(kind, key)).toThrow(refusal);
  });

  it('refuse what is no string, and a key that is not unique where one record is meant', () => {
    const noString = new TypeError('key must be a string, got object');
    expect(() => checkKey(kind, { $gt: '' })).toThrow(noString);
    const shared = new TypeError('key grantId of kind Token is not unique: list by it instead');
    expect(() => checkUniqueKey(kind, 'grantId')).toThrow(shared);
  });
});
