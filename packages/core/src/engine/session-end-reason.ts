/**
 * Why a browser session ended. `logout`: the person logged out, at a client or at the host. `host_logout`, `host_user_changed`: the
 * host's own session is over, or somebody else's. `account_changed`: another account logged in in its place. `account_gone`: the account
 * is deactivated. `logged_out_everywhere`: `sessionsValidFrom` is later than its login. `revoked`: by `auth.revoke` or `auth.sessions`.
 */
export type SessionEndReason =
  | 'logout'
  | 'host_logout'
  | 'host_user_changed'
  | 'account_changed'
  | 'account_gone'
  | 'logged_out_everywhere'
  | 'revoked';
