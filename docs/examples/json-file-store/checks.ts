import type { KindDeclaration, NewRecord, Write } from '@gatehouse/core';

/** The keys of each declared kind. */
export type Kinds = Map<string, KindDeclaration['keys']>;

/** Refuses what is no string: an object from a request body must never select or name a record. */
export function checkText(value: unknown, name: string): string {
  if (typeof value === 'string') return value;
  throw new TypeError(`${name} must be a string, got ${typeof value}`);
}

/** Refuses a key that its kind does not declare; gives the declaration otherwise. */
export function checkKey(kinds: Kinds, kind: string, key: unknown): { readonly unique?: true } {
  const name = checkText(key, 'key');
  const keys = kinds.get(kind) ?? {};
  const declaration = Object.hasOwn(keys, name) ? keys[name] : undefined;
  if (declaration) return declaration;
  throw new TypeError(`${kind} declares no key ${JSON.stringify(name)}`);
}

/** Checks a write, and copies it: its caller cannot change it any more. */
export function checkWrite(write: Write, kinds: Kinds): Write {
  if ('insert' in write) checkRecord(write.insert, kinds);
  else if ('put' in write) checkRecord(write.put, kinds);
  else if ('consume' in write) {
    checkText(write.consume.id, 'id');
    checkText(write.consume.attempt, 'attempt');
  } else if ('remove' in write) checkText(write.remove.id, 'id');
  else {
    checkKey(kinds, write.removeAll.kind, write.removeAll.key);
    checkText(write.removeAll.value, 'value');
  }
  return structuredClone(write);
}

/** The place after which a page of `list` starts. */
export function placeOf(cursor: unknown): number {
  const place = Number(/^after-(\d{1,15})$/.exec(checkText(cursor, 'cursor'))?.[1]);
  if (Number.isNaN(place)) throw new TypeError('cursor is not one that list returned');
  return place;
}

function checkRecord({ kind, id, payload, keys }: NewRecord, kinds: Kinds): void {
  if (!kinds.has(kind)) throw new TypeError(`nobody declared the kind ${kind}`);
  checkText(id, 'id');
  checkText(payload, 'payload');
  for (const [key, value] of Object.entries(keys)) {
    checkKey(kinds, kind, key);
    checkText(value, key);
  }
}
