import type { SigningAlgorithm } from '../authorize/key-algorithm.js';
import type { AccountView, ClientView } from '../interaction/view.js';

/** What is about to be told of an account, and to whom. */
export interface ClaimsQuestion {
  readonly use: 'id_token' | 'userinfo';
  readonly clientId: string;
  /** What was granted. */
  readonly scope: readonly string[];
  /** Claims that were asked for by name at this place, and granted (OpenID Connect Core §5.5). */
  readonly asked: readonly string[];
  /** The client wants in its ID token what userinfo would say. */
  readonly whole: boolean;
}

/**
 * How OpenID Connect is spoken: the settings of the feature `openid`. Whoever switches it on adds the scopes that it names, and
 * the pages `form_post`, which takes {@link FormPostData}, and `logout`, which takes {@link LogoutData}.
 */
export interface OpenidSettings<in Account = never> {
  /** What is told, beside `sub` and what is about the login. */
  readonly claims: (
    account: Account,
    question: ClaimsQuestion,
  ) => Promise<Readonly<Record<string, unknown>>>;
  /** The claims that can be asked for by name, each with the scope that a person grants it under. */
  readonly claimScopes: Readonly<Record<string, string>>;
  /** Authentication context classes that logins of this server reach. */
  readonly acrValues: readonly string[];
  /** Algorithms of ID tokens and of signed userinfo. RS256 is what a client gets that registered none. */
  readonly algorithms: readonly SigningAlgorithm[];
  readonly idTokenLifetimeSeconds: number;
}

/** What the page `logout` shows: a question, or what became of it. The fields go with the form of the question. */
export interface LogoutData {
  readonly state: 'ask' | 'done' | 'stayed';
  readonly client?: ClientView;
  readonly account?: AccountView;
  readonly fields?: Readonly<Record<string, string>>;
}

/** What the page `form_post` shows: a form that goes to the client with the answer (Form Post Response Mode §2). */
export interface FormPostData {
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
}
