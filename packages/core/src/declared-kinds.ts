import type { KindDeclaration } from './store.js';
import { checkList, checkObject, checkString } from './store-arguments.js';

/**
 * A key that a kind declares.
 *
 * @group store
 */
export interface DeclaredKey {
  readonly unique: boolean;
}

/**
 * A kind with its keys. What a store keeps for each key can stand beside `unique`.
 *
 * @group store
 */
export interface DeclaredKind<Key extends DeclaredKey = DeclaredKey> {
  readonly kind: string;
  readonly keys: ReadonlyMap<string, Key>;
}

/**
 * All kinds that a store knows.
 *
 * @group store
 */
export interface DeclaredKinds {
  /** Adds kinds, and keys to kinds that are known. Nothing is added when one of them is refused. */
  declare(kinds: readonly KindDeclaration[]): void;
  /** @throws {TypeError} when nobody declared the kind. */
  of(kind: string): DeclaredKind;
}

/**
 * Options of {@link createDeclaredKinds}.
 *
 * @group store
 */
export interface DeclaredKindsOptions {
  /** Throws a `TypeError` when the database cannot hold this name of a kind or a key. Without it any string is a name. */
  readonly checkName?: (name: string, path: string) => void;
}

/**
 * Options of {@link readKinds}.
 *
 * @group store
 */
export interface ReadKindsOptions extends DeclaredKindsOptions {
  /** Kinds that were declared before, by name. */
  readonly known?: ReadonlyMap<string, DeclaredKind>;
}

/**
 * Makes the list of kinds of one store, without any.
 *
 * @example
 * ```ts
 * const kinds = createDeclaredKinds();
 * kinds.declare([{ kind: 'Note', keys: { accountId: {} } }]);
 * checkKey(kinds.of('Note'), 'accountId');
 * ```
 * @group store
 */
export function createDeclaredKinds(options: DeclaredKindsOptions = {}): DeclaredKinds {
  const known = new Map<string, DeclaredKind>();
  return {
    declare(kinds) {
      for (const declared of readKinds(kinds, { ...options, known })) {
        known.set(declared.kind, declared);
      }
    },
    of: (kind) => checkKind(known, kind),
  };
}

/**
 * Refuses a kind that was not declared; gives what is known of it otherwise.
 *
 * @group store
 */
export function checkKind<Kind>(known: ReadonlyMap<string, Kind>, kind: unknown): Kind {
  checkString(kind, 'kind');
  const declared = known.get(kind);
  if (declared === undefined) {
    throw new TypeError(`kind ${JSON.stringify(kind)} was not declared in open()`);
  }
  return declared;
}

/**
 * Refuses a key that the kind does not declare; gives its declaration otherwise.
 *
 * @group store
 */
export function checkKey<Key extends DeclaredKey>(
  { kind, keys }: DeclaredKind<Key>,
  key: unknown,
): Key {
  checkString(key, 'key');
  const declared = keys.get(key);
  if (declared === undefined) {
    throw new TypeError(`kind ${kind} declares no key ${JSON.stringify(key)}`);
  }
  return declared;
}

/**
 * Refuses a key by which one record cannot be found; gives its declaration otherwise.
 *
 * @group store
 */
export function checkUniqueKey<Key extends DeclaredKey>(kind: DeclaredKind<Key>, key: string): Key {
  const declared = checkKey(kind, key);
  if (!declared.unique) {
    throw new TypeError(`key ${key} of kind ${kind.kind} is not unique: list by it instead`);
  }
  return declared;
}

/**
 * Checks declarations, and joins those of one kind with each other and with what was known.
 *
 * @group store
 */
export function readKinds(
  kinds: readonly KindDeclaration[],
  { checkName, known = new Map() }: ReadKindsOptions = {},
): readonly DeclaredKind[] {
  checkList(kinds, 'kinds');
  const joined = new Map<string, Map<string, DeclaredKey>>();
  for (const declaration of kinds) {
    checkObject(declaration, 'kinds[]');
    const { kind } = declaration;
    checkString(kind, 'kinds[].kind');
    checkName?.(kind, 'kinds[].kind');
    checkObject(declaration.keys, 'kinds[].keys');
    const keys = joined.get(kind) ?? new Map(known.get(kind)?.keys);
    joined.set(kind, keys);
    for (const [key, options] of Object.entries(declaration.keys)) {
      checkName?.(key, 'kinds[].keys');
      checkObject(options, 'kinds[].keys[]');
      const unique = isUnique(options.unique);
      if (key === 'id') throw new TypeError(`kind ${kind}: a key cannot be named "id"`);
      if ((keys.get(key)?.unique ?? unique) !== unique) {
        throw new TypeError(`kind ${kind}: key ${key} is declared both unique and not`);
      }
      keys.set(key, { unique });
    }
  }
  return [...joined].map(([kind, keys]) => ({ kind, keys }));
}

// What is neither, e.g. `'yes'`, would be unique in one store and not in the next.
function isUnique(value: unknown): boolean {
  if (value === undefined || typeof value === 'boolean') return value === true;
  throw new TypeError(`kinds[].keys[].unique must be true or absent, got ${typeof value}`);
}
