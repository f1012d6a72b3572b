/** What to revoke: exactly one member, or an account at a client. */
export type RevokeTarget =
  /** Sessions, grants, tokens and consents of an account. */
  | { readonly accountId: string }
  /** Grants, tokens and consents of a client. */
  | { readonly clientId: string }
  /** Grants, tokens and consent of an account at one client. */
  | { readonly accountId: string; readonly clientId: string }
  /** One token family: one browser session at one client. */
  | { readonly grantId: string }
  /** One browser session, by its `uid`, with its grants: also those of `offline_access`. */
  | { readonly sessionId: string };
