import type { KindDeclaration } from '@gatehouse/core';
import { checkList, checkObject, checkString } from './checks.js';
import { checkName } from './names.js';

/** A kind with its keys, and which of them are unique. */
export interface DeclaredKind {
  readonly kind: string;
  readonly keys: ReadonlyMap<string, { readonly unique: boolean }>;
  readonly uniqueKeys: readonly string[];
}

/** All kinds that a store knows. */
export interface DeclaredKinds {
  declare(kinds: readonly KindDeclaration[]): void;
  of(kind: string): DeclaredKind;
}

/** Makes the list of kinds of one store, without any. */
export function createDeclaredKinds(): DeclaredKinds {
  const known = new Map<string, DeclaredKind>();
  return {
    declare(kinds) {
      for (const declared of readKinds(kinds, known)) known.set(declared.kind, declared);
    },
    of(kind) {
      checkString(kind, 'kind');
      const declared = known.get(kind);
      if (declared === undefined) {
        throw new TypeError(`kind ${JSON.stringify(kind)} was not declared in open()`);
      }
      return declared;
    },
  };
}

/** Refuses a key that the kind does not declare; gives its declaration otherwise. */
export function checkKey({ kind, keys }: DeclaredKind, key: unknown): { readonly unique: boolean } {
  checkString(key, 'key');
  const declared = keys.get(key);
  if (declared === undefined) {
    throw new TypeError(`kind ${kind} declares no key ${JSON.stringify(key)}`);
  }
  return declared;
}

function readKinds(
  kinds: readonly KindDeclaration[],
  known: ReadonlyMap<string, DeclaredKind>,
): readonly DeclaredKind[] {
  checkList(kinds, 'kinds');
  const joined = new Map<string, Map<string, { readonly unique: boolean }>>();
  for (const declaration of kinds) {
    checkObject(declaration, 'kinds[]');
    checkName(declaration.kind, 'kinds[].kind');
    checkObject(declaration.keys, 'kinds[].keys');
    const { kind } = declaration;
    const keys = joined.get(kind) ?? new Map(known.get(kind)?.keys);
    joined.set(kind, keys);
    for (const [key, options] of Object.entries(declaration.keys)) {
      checkName(key, 'kinds[].keys');
      checkObject(options, 'kinds[].keys[]');
      const unique = options.unique === true;
      if (key === 'id') throw new TypeError(`kind ${kind}: a key cannot be named "id"`);
      if ((keys.get(key)?.unique ?? unique) !== unique) {
        throw new TypeError(`kind ${kind}: key ${key} is declared both unique and not`);
      }
      keys.set(key, { unique });
    }
  }
  return [...joined].map(([kind, keys]) => {
    const uniqueKeys = [...keys].flatMap(([key, { unique }]) => (unique ? [key] : []));
    return { kind, keys, uniqueKeys };
  });
}
