import type { IssueOptions } from '@gatehouse/core';
import type { Every } from './every.js';

// #region issue
/** What is issued, and for how long. */
export const issue = {
  keys: {
    // Ninety days. Shorter by rule of your house, or `false` and `auth.keys.rotate()` by hand.
    rotateSeconds: 7_776_000,
    // Keys that you make or keep elsewhere, in place of it: see `ownKeys` and `keyService` in alternatives.ts.
    jwks: undefined,
    signer: undefined,
  },
  code: {
    // Longer only for clients that take their time to redeem.
    lifetimeSeconds: 60,
  },
  refreshToken: {
    // Thirty days without a refresh.
    idleSeconds: 2_592_000,
    // A hundred and eighty days since the login.
    absoluteSeconds: 15_552_000,
    // For how long a refresh that is sent twice gets the same answer. 0 for clients that never lose one.
    replayWindowSeconds: { public: 60, confidential: 600 },
  },
} satisfies Every<IssueOptions>;
// #endregion issue
