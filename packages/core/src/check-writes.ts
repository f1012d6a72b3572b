import { checkKey, type DeclaredKind } from './declared-kinds.js';
import { isPrecondition, type NewRecord, type Write } from './store.js';
import { checkCount, checkList, checkNumber, checkObject, checkString } from './store-arguments.js';

/**
 * A write that was checked, with a copy that its caller cannot change any more.
 *
 * @group store
 */
export interface CheckedWrite<Kind extends DeclaredKind = DeclaredKind> {
  readonly kind: Kind;
  readonly write: Write;
  /** The caller's own object, which a conflict names. */
  readonly given: Write;
}

/**
 * The writes of a commit, in the order in which a store without transactions applies them.
 *
 * @group store
 */
export interface CheckedWrites<Kind extends DeclaredKind = DeclaredKind> {
  /** Preconditions, in the order in which they were given. */
  readonly required: readonly CheckedWrite<Kind>[];
  /** Plain writes, which come after all of those. */
  readonly plain: readonly CheckedWrite<Kind>[];
}

/**
 * Checks and copies the writes of a commit.
 *
 * @param kinds - What the store knows, e.g. by `createDeclaredKinds`.
 * @throws {TypeError} when a write has not the declared shape, which no part of the commit may outlive.
 * @group store
 */
export function checkWrites<Kind extends DeclaredKind>(
  kinds: { readonly of: (kind: string) => Kind },
  writes: readonly Write[],
): CheckedWrites<Kind> {
  checkList(writes, 'writes');
  const checked = writes.map((given) => {
    checkObject(given, 'writes[]');
    return { given, ...checkWrite((kind) => kinds.of(kind), given) };
  });
  return {
    required: checked.filter(({ write }) => isPrecondition(write)),
    plain: checked.filter(({ write }) => !isPrecondition(write)),
  };
}

type KindOf<Kind> = (kind: string) => Kind;

function checkWrite<Kind extends DeclaredKind>(
  kindOf: KindOf<Kind>,
  given: Write,
): { readonly kind: Kind; readonly write: Write } {
  if ('insert' in given) {
    const { kind, record } = copyRecord(kindOf, given.insert);
    return { kind, write: { insert: record } };
  }
  if ('put' in given) {
    const { ifRevision } = given;
    const { kind, record } = copyRecord(kindOf, given.put);
    if (ifRevision === undefined) return { kind, write: { put: record } };
    checkCount(ifRevision, 'ifRevision');
    return { kind, write: { put: record, ifRevision } };
  }
  if ('consume' in given) {
    checkObject(given.consume, 'writes[]');
    const { kind, id, attempt, receipt, expiresAt } = given.consume;
    const declared = kindOf(kind);
    checkString(id, 'id');
    checkString(attempt, 'attempt');
    if (receipt !== undefined) checkString(receipt, 'receipt');
    const rest = { ...(receipt === undefined ? {} : { receipt }), ...expiryOf(expiresAt) };
    return { kind: declared, write: { consume: { kind, id, attempt, ...rest } } };
  }
  if ('remove' in given) {
    checkObject(given.remove, 'writes[]');
    const { kind, id } = given.remove;
    const declared = kindOf(kind);
    checkString(id, 'id');
    return { kind: declared, write: { remove: { kind, id } } };
  }
  if ('removeAll' in given) {
    checkObject(given.removeAll, 'writes[]');
    const { kind, key, value } = given.removeAll;
    const declared = kindOf(kind);
    checkKey(declared, key);
    checkString(value, 'value');
    return { kind: declared, write: { removeAll: { kind, key, value } } };
  }
  throw new TypeError('a write must have insert, put, consume, remove or removeAll');
}

function copyRecord<Kind extends DeclaredKind>(
  kindOf: KindOf<Kind>,
  given: NewRecord,
): { readonly kind: Kind; readonly record: NewRecord } {
  checkObject(given, 'writes[]');
  const { kind, id, payload, keys, expiresAt } = given;
  const declared = kindOf(kind);
  checkString(id, 'id');
  checkString(payload, 'payload');
  checkObject(keys, 'keys');
  const copy = Object.freeze({ ...keys });
  for (const [key, value] of Object.entries(copy)) {
    checkKey(declared, key);
    checkString(value, `keys.${key}`);
  }
  const record = { kind, id, payload, keys: copy, ...expiryOf(expiresAt) };
  return { kind: declared, record };
}

function expiryOf(expiresAt: number | undefined): { expiresAt?: number } {
  if (expiresAt === undefined) return {};
  checkNumber(expiresAt, 'expiresAt');
  return { expiresAt };
}
