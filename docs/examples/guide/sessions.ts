import { consentScreen } from '@gatehouse/consent';
import { createAuthorizationServer, hostLogin } from '@gatehouse/core';
import { openidConnect } from '@gatehouse/oidc';
import { memoryStore } from '@gatehouse/store-memory';
import express, { type Express, type Request } from 'express';
import session from 'express-session';
import type { Server } from './server.js';

interface User {
  readonly id: string;
  /** Epoch second of the last "log out everywhere". */
  loggedOutAt?: number;
}

const now = (): number => Math.floor(Date.now() / 1000);

/** What an app lets people do with their sessions. */
export function createSessionDesk(auth: Pick<Server, 'sessions' | 'revoke'>) {
  return {
    // #region list
    async devicesOf(accountId: string) {
      const { sessions } = await auth.sessions.list({ accountId });
      return sessions.map(({ sessionId, createdAt, lastUsedAt, clients }) => ({
        sessionId,
        since: new Date(createdAt * 1000),
        used: new Date(lastUsedAt * 1000),
        apps: clients,
      }));
    },
    async signOutDevice(sessionId: string): Promise<void> {
      await auth.sessions.revoke({ sessionId }); // that browser, with all that apps were given in it
    },
    // #endregion list
    // #region everywhere
    async passwordChanged(user: User): Promise<void> {
      // Your accounts.sessionsValidFrom returns it. One more, since a login of this second is one from before, too.
      user.loggedOutAt = now() + 1;
      await auth.revoke({ accountId: user.id }); // and JWTs that are out end too
    },
    // #endregion everywhere
  };
}

/** An app whose own session is the login, with logout in both directions. */
export async function createApp(issuer: string, secret: string): Promise<Express> {
  const users = new Map<string, User>([['ada', { id: 'ada' }]]);
  const auth = await createAuthorizationServer({
    issuer,
    secrets: [secret],
    store: memoryStore(),
    // #region accounts
    accounts: {
      find: (id: string) => users.get(id),
      id: (user) => user.id,
      sessionsValidFrom: (user) => user.loggedOutAt,
      fromRequest(req) {
        const { login } = (req as Request).session;
        const account = login && users.get(login.userId);
        return account && { account, authTime: login.at };
      },
      endHostSession: (req) =>
        new Promise((resolve, reject) => {
          (req as Request).session.destroy((error) => (error ? reject(error) : resolve()));
        }),
    },
    // #endregion accounts
    resources: {},
    clients: [
      {
        client_id: 'web',
        client_secret: secret,
        redirect_uris: ['https://app.acme.example/callback'],
        post_logout_redirect_uris: ['https://app.acme.example/bye'],
        firstParty: true,
      },
    ],
    plugins: [hostLogin({ url: '/login' }), consentScreen(), openidConnect<User>()],
  });
  const app = express();
  app.use(session({ secret, resave: false, saveUninitialized: false }));
  app.use(auth.routes());
  app.post('/login', (req, res) => {
    req.session.login = { userId: 'ada', at: now() };
    res.redirect('/');
  });
  // #region logout
  app.post('/logout', async (req, res) => {
    await auth.logOut(req, res); // ends the session here, and takes its cookie away
    req.session.destroy(() => res.redirect('/'));
  });
  // #endregion logout
  return app;
}
