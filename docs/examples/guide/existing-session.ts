import { consentScreen } from '@gatehouse/consent';
import {
  type AuthorizationServer,
  createAuthorizationServer,
  hostLogin,
  type ResourcesOptions,
  type ServerExtensions,
} from '@gatehouse/core';
import { memoryStore } from '@gatehouse/store-memory';
import express, { type Express, type Request } from 'express';
import session from 'express-session';
import helmet from 'helmet';

interface User {
  readonly id: string;
  readonly email: string;
  readonly password: string;
}

declare module 'express-session' {
  interface SessionData {
    /** Who logged in, and at which epoch second. */
    login?: { readonly userId: string; readonly at: number };
  }
}

const users = new Map<string, User>([
  ['ada', { id: 'ada', email: 'ada@acme.example', password: 'correct horse' }],
]);
const now = (): number => Math.floor(Date.now() / 1000);

/** An app with a login of its own, which is the login of the authorization server too. */
export async function createApp(issuer: string, secret: string): Promise<Express> {
  const api = `${new URL(issuer).origin}/api`;
  // #region server
  const auth = await createAuthorizationServer({
    issuer,
    secrets: [secret],
    store: memoryStore(),
    accounts: {
      find: (id: string) => users.get(id),
      id: (user) => user.id,
      label: (user) => user.email,
      fromRequest(req) {
        const { login } = (req as Request).session;
        const account = login && users.get(login.userId);
        return account && { account, authTime: login.at, amr: ['pwd'] };
      },
    },
    resources: { [api]: { name: 'Acme API', scopes: { 'notes:read': 'Read your notes' } } },
    clients: [
      {
        client_id: 'web',
        client_name: 'Acme Web',
        client_secret: secret,
        redirect_uris: ['https://app.acme.example/callback'],
        firstParty: true,
      },
    ],
    plugins: [hostLogin({ url: '/login' }), consentScreen()],
  });
  // #endregion server
  return mountApp(auth, secret);
}

function mountApp(
  auth: Pick<AuthorizationServer<ResourcesOptions> & ServerExtensions, 'routes' | 'hostLogin'>,
  secret: string,
): Express {
  // #region order
  const app = express();
  app.use(helmet());
  app.use(session({ secret, resave: false, saveUninitialized: false }));
  app.use(auth.routes()); // behind the session, since the session is the login
  app.use(express.urlencoded({ extended: false }));
  // #endregion order

  app.get('/login', (req, res) => {
    const { returnTo = '', reason = '' } = req.query;
    res.json({ returnTo, reason });
  });

  // #region login
  app.post('/login', (req, res, next) => {
    const { email, password, returnTo } = req.body as Record<string, unknown>;
    const user = [...users.values()].find((one) => one.email === email);
    if (!user || user.password !== password) return void res.status(401).send('Try again.');
    req.session.regenerate((error) => {
      if (error) return next(error);
      req.session.login = { userId: user.id, at: now() };
      res.redirect(auth.hostLogin?.returnTo(returnTo) ?? '/');
    });
  });
  // #endregion login

  // #region logout
  app.post('/logout', (req, res) => {
    req.session.destroy(() => res.redirect('/'));
  });
  // #endregion logout
  return app;
}
