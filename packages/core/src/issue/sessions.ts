/** One login of a person in one browser. */
export interface SessionView {
  /** Names it for `auth.revoke` and `auth.sessions.revoke`, and opens nothing. */
  readonly sessionId: string;
  readonly accountId: string;
  /** When the person proved who they are: epoch seconds, as all times here. */
  readonly authTime: number;
  /** Authentication method references (RFC 8176). */
  readonly amr: readonly string[];
  readonly acr?: string;
  readonly createdAt: number;
  /** Exact to a tenth of `session.idleSeconds`. */
  readonly lastUsedAt: number;
  /** When it ends if nobody uses it. */
  readonly expiresAt: number;
  /** The clients that the person was sent back to in it, by `client_id`. */
  readonly clients: readonly string[];
}

/** One page of sessions. */
export interface SessionPage {
  readonly sessions: readonly SessionView[];
  /** Where the next page starts. It may come with fewer sessions than asked for, or none. */
  readonly cursor?: string;
}

/** Browser sessions as data. */
export interface ManagedSessions {
  /** Those of an account, page by page: 100 at once, if `limit` says nothing else. */
  list(by: { accountId: string; cursor?: string; limit?: number }): Promise<SessionPage>;
  /** Ends one with all that clients were given in it, as `auth.revoke({ sessionId })` does. */
  revoke(session: { sessionId: string }): Promise<void>;
}
