import { types } from 'node:util';
import type { Place } from './report.js';
import { didYouMean } from './suggest-name.js';

/** Looks at a value and returns it, or reports what is wrong with it and returns nothing. */
export type Check<Value> = (value: unknown, at: Place) => Value | undefined;

/** A {@link Check} of an option that must be there, with the words that say how to set it. */
export interface RequiredCheck<Value> extends Check<Value> {
  readonly fix: string;
}

/** One check for each option: a missing, surplus or wrongly optional one does not compile. */
export type Checks<Options> = {
  readonly [Key in keyof Options]-?: Partial<Pick<Options, Key>> extends Pick<Options, Key>
    ? Check<unknown> & { readonly fix?: never }
    : RequiredCheck<unknown>;
};

/** What a table of checks lets through. Anything can be absent: it was not given, or it was wrong. */
export type Values<Table> = {
  -readonly [Key in keyof Table]?: Table[Key] extends Check<infer Value> ? Value : never;
};

/** The members of an object, as far as they are right, and the names of the wrong ones. */
export interface Members<Table> {
  readonly values: Values<Table>;
  readonly wrong: ReadonlySet<string>;
}

type Table = Readonly<Record<string, Check<unknown> & { readonly fix?: string }>>;

/** Marks an option that must be there. */
export function required<Value>(check: Check<Value>, fix: string): RequiredCheck<Value> {
  return Object.assign((value: unknown, at: Place) => check(value, at), { fix });
}

/** Reads each member once and checks it. A getter that throws is a problem like any other. */
export function readMembers<Own extends Table>(
  table: Own,
  value: unknown,
  at: Place,
): Members<Own> | undefined {
  const object = readObject(value, at, exampleOf(table));
  if (!object) return undefined;
  const values: Record<string, unknown> = {};
  const wrong = new Set<string>();
  for (const [key, check] of Object.entries(table)) {
    const read = attempt(() => ({ member: Reflect.get(object, key) as unknown }), at.at(key));
    const { member } = read ?? {};
    if (read && member === undefined) {
      if (check.fix === undefined) continue;
      at.at(key).problem(`is missing. ${check.fix}`);
      wrong.add(key);
      continue;
    }
    const checked = read && check(member, at.at(key));
    if (checked === undefined) wrong.add(key);
    else values[key] = checked;
  }
  return { values: values as Values<Own>, wrong };
}

/** The same for an object that may have no other members. */
export function readOptions<Own extends Table>(
  table: Own,
  value: unknown,
  at: Place,
): Members<Own> | undefined {
  reportUnknown(value, Object.keys(table), at);
  return readMembers(table, value, at);
}

/** An object with these members and no others. */
export function object<Own extends Table>(table: Own): Check<Values<Own>> {
  return (value, at) => readOptions(table, value, at)?.values;
}

/** A check of what is secret, or may hold a secret. */
export function secret<Value>(check: Check<Value>): Check<Value> {
  return (value, at) => check(value, at.hidden());
}

/** An object that is used as it is, e.g. a store. It may have more members. */
export function contract<Value>(table: Checks<Value>): Check<Value> {
  return (value, at) => {
    if (types.isPromise(value)) return at.problem('must be awaited first, got a promise.');
    const members = readMembers(table as Table, value, at);
    return members?.wrong.size === 0 ? (value as Value) : undefined;
  };
}

/** A list, each item by the check. `example` shows how one is written. */
export function list<Item>(check: Check<Item>, example: string = '[ … ]'): Check<readonly Item[]> {
  return (value, at) => {
    if (!isArray(value)) {
      return at.problem(`must be an array, got ${at.show(value)}. Write it like ${example}.`);
    }
    const items = attempt(() => Array.from(value), at);
    const checked = items?.map((item, index) => check(item, at.at(index)));
    return checked?.includes(undefined) ? undefined : (checked as Item[] | undefined);
  };
}

/** The names and values of an object that is used as a dictionary. `example` shows how one is written. */
export function entriesOf(
  value: unknown,
  at: Place,
  example: string,
): readonly [string, unknown][] | undefined {
  const found = readObject(value, at, example);
  return found && attempt(() => Object.entries(found), at);
}

/** Reports what an object has beside the known names. */
export function reportUnknown(value: unknown, known: readonly string[], at: Place): void {
  if (!isRecord(value)) return;
  for (const key of attempt(() => Object.keys(value), at) ?? []) {
    if (known.includes(key)) continue;
    const hint = didYouMean(key, known) || ` Known here: ${known.join(', ')}.`;
    at.at(key).problem(`is not an option.${hint}`);
  }
}

/** Text that people read. */
export const text: Check<string> = (value, at) =>
  typeof value === 'string' && value.trim() !== '' && !/\p{Cc}/u.test(value)
    ? value
    : at.problem(`must be a text on one line, got ${at.show(value)}.`);

/** `true` or `false`. */
export const boolean: Check<boolean> = (value, at) =>
  typeof value === 'boolean' ? value : at.problem(`must be true or false, got ${at.show(value)}.`);

/** A function. */
export const callable: Check<(...args: never[]) => unknown> = (value, at) =>
  typeof value === 'function'
    ? (value as (...args: never[]) => unknown)
    : at.problem(`must be a function, got ${at.show(value)}.`);

/** One of these strings. */
export function oneOf<Name extends string>(...names: readonly Name[]): Check<Name> {
  const any = new Intl.ListFormat('en', { type: 'disjunction' }).format(names);
  return (value, at) => {
    const found = names.find((name) => name === value);
    if (found !== undefined) return found;
    const hint = typeof value === 'string' ? didYouMean(value, names) : '';
    return at.problem(`must be ${any}, got ${at.show(value)}.${hint}`);
  };
}

/** Whether a value has members by name. */
export function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !isArray(value);
}

function readObject(value: unknown, at: Place, example: string): object | undefined {
  if (isRecord(value)) return value;
  return at.problem(`must be an object, got ${at.show(value)}. Write it like ${example}.`);
}

// What must be there, else what can be.
function exampleOf(table: Table): string {
  const names = Object.keys(table);
  const needed = names.filter((name) => table[name]?.fix !== undefined);
  const shown = (needed.length > 0 ? needed : names).slice(0, 3);
  const more = shown.length < names.length ? ', …' : '';
  return `{ ${shown.map((name) => `${name}: …`).join(', ')}${more} }`;
}

// Even this question throws for a proxy that was revoked.
function isArray(value: unknown): value is readonly unknown[] {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

// A host in plain JavaScript may bring getters and proxies; what they throw is theirs, and stays out of the message.
function attempt<Value>(read: () => Value, at: Place): Value | undefined {
  try {
    return read();
  } catch {
    return at.problem('cannot be read: it throws.');
  }
}
