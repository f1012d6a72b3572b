import type { Server } from './server.js';

/** What an app does when something happens to a person or a client. */
export function createOperations(auth: Server) {
  return {
    // #region revoke
    async logOutEverywhere(accountId: string): Promise<void> {
      await auth.revoke({ accountId }); // sessions, grants, tokens, consents
    },
    async stopClient(clientId: string): Promise<void> {
      await auth.revoke({ clientId }); // grants, tokens, consents of everybody at this client
    },
    async endFamily(grantId: string): Promise<void> {
      await auth.revoke({ grantId }); // one browser session at one client
    },
    // #endregion revoke
  };
}

/** Counts what a monitoring system may want to hear of. */
export function watch(auth: Server, alarm: (name: string, details: object) => void): () => void {
  // #region events
  const stops = [
    auth.on('refresh_token.replayed', ({ clientId, grantId }) => {
      alarm('a refresh token was used twice: its family has ended', { clientId, grantId });
    }),
    auth.on('login.limited', ({ method, retryAfterSeconds }) => {
      alarm('somebody guesses passwords', { method, retryAfterSeconds });
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
  // #endregion events
}
