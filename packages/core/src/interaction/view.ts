import type { IncomingMessage } from 'node:http';
import type { ConsentDecision, StepReason } from './step.js';

/** The client as pages and policies see it. Nothing here is secret. */
export interface ClientView {
  readonly client_id: string;
  readonly client_name?: string;
  readonly client_uri?: string;
  readonly logo_uri?: string;
  readonly policy_uri?: string;
  readonly tos_uri?: string;
  /** Whether consent is skipped. Never true for a client that registered itself. */
  readonly firstParty: boolean;
  /** Whether the client holds a credential of its own. */
  readonly confidential: boolean;
  /** `static` comes from the options, `stored` from the store. */
  readonly source: 'static' | 'stored';
}

/** The account as pages see it. */
export interface AccountView {
  readonly accountId: string;
  /** What the person recognises themselves by: `accounts.label`, else the id. */
  readonly label: string;
}

/** An account that is signed in in the browser beside that of its session. */
export interface BrowserAccount {
  /** Names it in a form: the `uid` of its session. */
  readonly sessionId: string;
  readonly account: AccountView;
  /** Epoch second of its login. */
  readonly authTime: number;
}

/** Scopes per resource; the key `''` holds scopes that belong to no resource. */
export type ScopesByResource = Readonly<Record<string, readonly string[]>>;

/** Where the browser goes after the interaction. */
export interface Destination {
  readonly redirectUri: string;
  /** What to show: a host name, or an app's scheme. */
  readonly display: string;
  /** `loopback` and `private-use` addresses can be claimed by any program on the device (RFC 8252 §8.6). */
  readonly kind: 'https' | 'http' | 'loopback' | 'private-use';
}

/** An authorization request, as a step's `required` sees it at the authorization endpoint. */
export interface AuthorizationView {
  readonly client: ClientView;
  /** Request parameters, each a single string. */
  readonly params: Readonly<Record<string, string>>;
  readonly prompts: ReadonlySet<string>;
  readonly requested: ScopesByResource;
  readonly destination: Destination;
  /** The logged-in account, once the login step has passed. */
  readonly account?: AccountView;
  readonly session: {
    /** Epoch second of the login. */
    readonly authTime?: number;
    readonly amr: readonly string[];
    readonly acr?: string;
  };
  /** Why the consent step is needed, when it is: nothing once the person, or the host's policy, has answered all that is asked. */
  readonly consentNeeded?: StepReason;
  /** Why the login that is there is not the one that was asked for, when it is not (OpenID Connect Core §3.1.2.1, §5.5.1). */
  readonly loginNeeded?: StepReason;
  /** Why the person must say which of the accounts in the browser is meant, when they must. */
  readonly choiceNeeded?: StepReason;
  /** What steps answered in this very request, by step name. */
  readonly answered: Readonly<Record<string, unknown>>;
}

/** A running interaction, as the step that shows its page sees it. */
export interface InteractionView {
  readonly uid: string;
  /** Epoch second of its start: a re-authentication must be later. */
  readonly startedAt: number;
  readonly step: string;
  readonly reasons: readonly string[];
  readonly client: ClientView;
  readonly params: Readonly<Record<string, string>>;
  readonly requested: ScopesByResource;
  /** The words for each requested scope, by scope name. */
  readonly scopeTexts: Readonly<Record<string, string>>;
  /** What people call each requested resource, by its identifier. */
  readonly resourceNames: Readonly<Record<string, string>>;
  /** What the account answered to this client before, if it did: a page must neither ask twice nor turn a no into a yes. */
  readonly priorConsent?: ConsentDecision;
  readonly destination: Destination;
  /** The account of the browser's session, if it has one. */
  readonly account?: AccountView;
  /** The accounts that are signed in beside it, the last one used first. Read when it is called. */
  otherAccounts(): Promise<readonly BrowserAccount[]>;
  /** Absolute URL of the interaction's page; forms post to it. */
  readonly url: string;
  /** The caller's address by the host's `trust proxy`. For limits only. */
  readonly address: string;
  /** The host's own request, e.g. for its session. */
  readonly req: IncomingMessage;
}
