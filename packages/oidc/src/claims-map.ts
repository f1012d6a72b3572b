import type { StandardScopes } from './standard-claims.js';

/** Where a claim is told: in the ID token, at userinfo, in access tokens for APIs. */
export type ClaimPlace = 'id_token' | 'userinfo' | 'access_token';

type Awaitable<Value> = Value | Promise<Value>;

/** Claims with any of them in a language too: `name#de` (OpenID Connect Core §5.2). */
export type Localized<Claims> = Claims & {
  readonly [Name in `${keyof Claims & string}#${string}`]?: string | undefined;
};

// TypeScript looks for surplus properties in an object literal that is assigned, and not in one that a function returns. There
// `nmae: user.name` would pass. So every name that is no claim is declared as one that cannot be: all strings that leave the
// known names at some letter (`Strays`), which the compiler can match as patterns.
type Letter =
  | ('a' | 'b' | 'c' | 'd' | 'e' | 'f' | 'g' | 'h' | 'i' | 'j' | 'k' | 'l' | 'm' | 'n')
  | ('o' | 'p' | 'q' | 'r' | 's' | 't' | 'u' | 'v' | 'w' | 'x' | 'y' | 'z' | '_');
type Prefix<Word extends string> = Word extends `${infer First}${infer Rest}`
  ? '' | `${First}${Prefix<Rest>}`
  : '';
type NextLetter<
  Start extends string,
  Word extends string,
> = Word extends `${Start}${infer Next}${string}` ? Next : never;
type Strays<Word extends string, Start extends string = Prefix<Word>> = Start extends string
  ?
      | (Start extends Word ? never : Start)
      | `${Start}${Exclude<Letter, NextLetter<Start, Word>>}${string}`
  : never;

/** These claims, and a compile error for any other in lower case, in what a function returns too. */
export type Only<Claims> = Claims & { readonly [Stray in Strays<keyof Claims & string>]?: never };

/** One claim: its value, or the value with the places where it is told. `userinfo` alone is the default. */
export type SingleClaim<Account, Value> =
  | ((account: Account) => Awaitable<Value | undefined>)
  | {
      readonly value: (account: Account) => Awaitable<Value | undefined>;
      readonly in: readonly ClaimPlace[];
    };

/** The claims of a standard scope: all at once, or one by one. */
export type ScopeClaims<Account, Claims> =
  | ((account: Account) => Awaitable<Only<Localized<Claims>>>)
  | {
      readonly [Name in keyof Claims]?: SingleClaim<Account, NonNullable<Claims[Name]>>;
    };

/** The claims of a scope of the host's own. */
export type OwnClaims<Account> =
  | ((account: Account) => Awaitable<Readonly<Record<string, unknown>>>)
  | { readonly [Name in string]: SingleClaim<Account, unknown> };

type StandardClaimsMap<Account> = {
  readonly [Scope in keyof StandardScopes]?: ScopeClaims<Account, StandardScopes[Scope]>;
};

/** What is told of an account, by the scope that a person grants it under. */
export type ClaimsMap<Account> = StandardClaimsMap<Account> & {
  readonly [scope: string]:
    | OwnClaims<Account>
    | StandardClaimsMap<Account>[keyof StandardScopes]
    | undefined;
};
