import type { Plugin, Store } from '@gatehouse/core';
import type { MongoConnection } from '@gatehouse/store-mongo';
import type { PostgresPool } from '@gatehouse/store-postgres';

type Whole =
  | ((...args: never[]) => unknown)
  | Store
  | Plugin<never>
  | MongoConnection
  | PostgresPool;

// #region every
/**
 * Options with every member written out, at every depth: one that is missing does not compile. `undefined` stands where there is no
 * default, because the absence of the option is the default.
 */
export type Every<Options> = Options extends Whole
  ? Options
  : Options extends readonly (infer Item)[]
    ? readonly Every<Item>[]
    : Options extends object
      ? {
          readonly [Name in keyof Options]-?:
            | Every<Exclude<Options[Name], undefined>>
            | (Partial<Pick<Options, Name>> extends Pick<Options, Name> ? undefined : never);
        }
      : Options;
// #endregion every

type Given<All> = All extends Whole
  ? All
  : All extends readonly (infer Item)[]
    ? readonly Given<Item>[]
    : All extends object
      ? { [Name in keyof All as undefined extends All[Name] ? never : Name]: Given<All[Name]> }
      : All;

/** The same without what is `undefined`: what a host writes, who leaves those options out. */
export function given<const All>(all: All): Given<All> {
  return withoutAbsent(all) as Given<All>;
}

function withoutAbsent(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutAbsent);
  // What a library made is used as it is.
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  const present = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(present.map(([name, member]) => [name, withoutAbsent(member)]));
}
