import type { SigningAlgorithm } from '../authorize/key-algorithm.js';
import type { SubjectType } from '../authorize/sector.js';
import type { AccountView, ClientView } from '../interaction/view.js';
import type { JobHandle } from '../job.js';

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
 * How the engine speaks OpenID Connect. It comes in with the feature `openid`, so that neither a server without it nor its bundle holds
 * any of it. What it is made of is no part of the contract of plugins, and changes without notice.
 */
export interface OpenidProtocolPart {
  readonly speaks: 'OpenID Connect Core 1.0';
}

/**
 * How OpenID Connect is spoken: the settings of the feature `openid`. Whoever switches it on adds the scopes that it names, and
 * the pages `form_post`, which takes {@link FormPostData}, and `logout`, which takes {@link LogoutData}.
 */
export interface OpenidSettings<in Account = never> {
  /** `openidProtocol` of `@gatehouse/core/openid`. */
  readonly protocol: OpenidProtocolPart;
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
  /** Tells a client that has registered a `backchannel_logout_uri` that a session has ended. */
  readonly logout: JobHandle<LogoutNotice>;
  /** By which `sub` clients know people that register no `subject_type` (Core §8). */
  readonly subject: SubjectType;
}

/** That a session has ended in which a client got an ID token (Back-Channel Logout 1.0 §2). */
export interface LogoutNotice {
  readonly clientId: string;
  readonly accountId: string;
  /** The `sub` by which the client knows the account. */
  readonly subject: string;
  /** The `sid` by which it knows the session. */
  readonly sid: string;
  /** What its ID tokens are signed with. */
  readonly alg: SigningAlgorithm;
}

/** What the page `logout` shows: a question, or what became of it. The fields go with the form of the question. */
export interface LogoutData {
  readonly state: 'ask' | 'done' | 'stayed';
  readonly client?: ClientView;
  readonly account?: AccountView;
  /** Who else is signed in in the browser, and after an end still is. */
  readonly others?: readonly AccountView[];
  readonly fields?: Readonly<Record<string, string>>;
}

/** What the page `form_post` shows: a form that goes to the client with the answer (Form Post Response Mode §2). */
export interface FormPostData {
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
}
