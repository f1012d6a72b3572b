import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AccountView, AuthorizationView, InteractionView } from './interaction/view.js';
import type { FormView, LoginMethod } from './interaction/login-method.js';
import type { PageContext, PageDefinition } from './interaction/page.js';
import type { PageView, Step } from './interaction/step.js';
import type { Connections } from './issue/connections.js';
import type { AccountDirectory } from './authorize/accounts.js';
import type { ManagedClients } from './authorize/managed-clients.js';
import type {
  ClaimsQuestion,
  FormPostData,
  LogoutData,
  LogoutNotice,
  OpenidSettings,
} from './engine/openid-settings.js';
import type { EventListener, EventName, Events } from './events.js';
import type { GuardedFetch } from './guarded-fetch.js';
import type { JobDefinition, JobHandle } from './job.js';
import type { LimitDefinition, Limiter } from './app/limits.js';
import type { Logger } from './app/logger.js';
import type { Clock } from './clock.js';
import type { KindDeclaration, Store } from './store.js';
import type { OptionProblem } from './errors.js';
import type { JwtRequest } from './issue/sign-jwt.js';

export type { ClaimsQuestion, FormPostData, JwtRequest, LogoutData, LogoutNotice, OpenidSettings };
export type { AuthorizationView, FormView, InteractionView, LoginMethod, PageDefinition, Step };

/** A request to a plugin's own route, below the issuer's path. */
export interface RouteRequest {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  /** Absolute URL of the route, by the issuer, without the query. */
  readonly url: string;
  /** Query parameters, each a single string; of one that came twice, the last. */
  readonly query: ReadonlyMap<string, string>;
  /** Parsed urlencoded or JSON fields of a POST, each a single string. */
  readonly fields: ReadonlyMap<string, string>;
  /** Whether the fields came as JSON: from a front end of the host's own. */
  readonly isJson: boolean;
}

/** What a route answers: a page, as HTML or JSON by `Accept`, with its form; or where the browser goes next. */
export type RouteReply =
  | (PageView & { readonly form?: PageContext['form'] })
  | { redirect: string };

/** One route of a plugin. The path is below the issuer's, e.g. `/apps`. */
export interface RouteDefinition {
  readonly method: 'GET' | 'POST';
  readonly path: `/${string}`;
  /** Without a reply, the handler has answered by itself. */
  readonly handle: (
    request: RouteRequest,
  ) => RouteReply | Promise<RouteReply> | Promise<void> | void;
}

/** Who is signed in in a browser. */
export interface BrowserSession {
  readonly account: AccountView;
  /** Epoch second of the login. */
  readonly authTime: number;
  /** `uid` of our own session: absent while the login is the host's alone. */
  readonly sessionId?: string;
  /** The hidden field `csrf` of a form for this session. */
  readonly csrf: string;
}

/** The browser's login, for a plugin's own routes. It is only looked at: nothing here prolongs or ends a session. */
export interface BrowserSessions {
  /**
   * Who is signed in: by the host's own session where `accounts.fromRequest` is set, else by ours, as the authorization endpoint
   * would see it. Nothing when that session has ended, or its account is deactivated or was logged out everywhere.
   */
  find(request: RouteRequest): Promise<BrowserSession | undefined>;
  /** What to answer when nobody is: the way to the host's login page and back where there is one, else a page, 401. */
  signIn(request: RouteRequest): RouteReply;
  /** What to answer to a POST that our own page did not send (403). Nothing when it did. */
  refuseForm(request: RouteRequest, session: BrowserSession): RouteReply | undefined;
}

/** What a `check` slot looks at before the server starts. */
export interface CheckContext {
  readonly issuer: string;
  readonly production: boolean;
  readonly clients: readonly {
    readonly client_id: string;
    readonly grant_types: readonly string[];
  }[];
}

/** The access token that is about to be issued, for the `claims` slot. */
export interface TokenView {
  readonly clientId: string;
  readonly accountId?: string;
  readonly resource: string;
  readonly scope: readonly string[];
}

/** Switches for what the engine can do. The set is closed: a plugin never sees the engine's own configuration. */
export interface Features<in Account = never> {
  /** OpenID Connect: ID tokens, userinfo, its discovery document and its request parameters exist. */
  readonly openid: OpenidSettings<Account>;
  /** Request objects by value (RFC 9101): an authorization request may be a JWT that its client has signed. */
  readonly requestObjects: RequestObjectSettings;
  /** Pushed authorization requests (RFC 9126): the endpoint `/par`. */
  readonly pushedRequests: PushedRequestSettings;
}

/** How request objects are taken. There is nothing to set: which keys and algorithms count is the client's registration. */
export type RequestObjectSettings = Readonly<Record<never, never>>;

/** How pushed requests are taken. */
export interface PushedRequestSettings {
  /** Whether every authorization request must be pushed. Else only those of clients that say so. */
  readonly required: boolean;
}

/** What a plugin signs, beside the access tokens of resources. */
export interface SignatureNeed {
  readonly alg: 'ES256' | 'RS256' | 'PS256' | 'EdDSA';
  /** The longest life of what is signed with it. */
  readonly lifetimeSeconds: number;
}

/** What a plugin may fill in `setup`. Each call adds one thing; the kernel freezes all of it afterwards. */
export interface Slots<out Account = unknown> {
  /** A way to log in, offered on the login page. */
  loginMethod(method: LoginMethod): void;
  /** A page that a person must pass before the client is answered. */
  step(step: Step): void;
  /** A page by name; the host can replace each. */
  page<Data>(page: PageDefinition<Data>): void;
  /** An HTTP route below the issuer's path. */
  routes(route: RouteDefinition): void;
  /** A scope that belongs to no resource, with the words that the consent page shows. */
  scope(name: string, description: string): void;
  /** Claims for access tokens of accounts (RFC 9068 §2.2.3). Reserved names are refused. */
  claims(
    contribute: (
      account: Account,
      token: TokenView,
    ) => Readonly<Record<string, unknown>> | Promise<Readonly<Record<string, unknown>>>,
  ): void;
  /** A kind of record of the plugin's own. */
  kind(declaration: KindDeclaration): void;
  /** A member of the RFC 8414 metadata document. */
  metadata(name: string, value: unknown): void;
  /** Listens to events. A listener that throws is logged and changes nothing. */
  on<Name extends EventName>(name: Name, listener: EventListener<Name>): void;
  /** Declares a rate limit and returns its limiter. */
  limit(definition: LimitDefinition): Limiter;
  /** Declares work that survives a restart, and returns where it is put. */
  job<Payload>(definition: JobDefinition<Payload>): JobHandle<Payload>;
  /** A check before start: problems are reported together with those of the options. */
  check(check: (context: CheckContext) => readonly OptionProblem[]): void;
  /** Adds a member to the server object for the host to call, e.g. `passwords` for `auth.passwords`. */
  extend<Name extends string>(name: Name, api: object): void;
  /** Asks for signing keys of an algorithm, published for as long as what they sign lives. */
  signature(need: SignatureNeed): void;
  /** Switches a feature of the engine on. */
  feature<Name extends keyof Features>(name: Name, settings: Features<Account>[Name]): void;
}

/** What a plugin may use, in `setup` and later. */
export interface Runtime {
  readonly issuer: string;
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly accounts: AccountDirectory;
  readonly sessions: BrowserSessions;
  readonly connections: Connections;
  /** Clients as they are at the moment. They hold no secret. */
  readonly clients: Pick<ManagedClients, 'get'>;
  /** Fetches from a URL that a client or another stranger has named: from public addresses alone. */
  readonly fetch: GuardedFetch;
  /** Tells the host's listeners and the log of an event. No payload holds a token, secret or address of a person. */
  readonly emit: <Name extends EventName>(name: Name, payload: Events[Name]) => void;
  /** Signs a JWT with the key that signs now. The algorithm must be one that a plugin asked for by {@link Slots.signature}. */
  readonly signJwt: (request: JwtRequest) => Promise<string>;
  /** HMAC-SHA-256 under the secrets, with the plugin's own label: for ids of short values and signed links. */
  readonly sign: (label: string, value: string) => string;
  /** Whether a signature was made by {@link Runtime.sign} under any of the secrets. Constant time. */
  readonly verify: (label: string, value: string, signature: string) => boolean;
  /** Sealed under the first secret, opened under any: for payloads that hold secrets. */
  readonly seal: (label: string, text: string) => string;
  readonly open: (label: string, sealed: string) => string | undefined;
}

/** A plugin is a plain object: verified before any `setup` runs, then set up in order. */
export interface Plugin<in Account = unknown> {
  readonly name: string;
  /** Names of plugins that must be installed, and are set up before this one. */
  readonly after?: readonly string[];
  readonly setup: (slots: Slots<Account>, runtime: Runtime) => void;
}

/** Makes a plugin. It only checks and freezes; the kernel does the rest. */
export function definePlugin<Account = unknown>(plugin: Plugin<Account>): Plugin<Account> {
  return Object.freeze(plugin);
}
