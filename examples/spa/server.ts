import { consentScreen } from '@gatehouse/consent';
import { createAuthorizationServer } from '@gatehouse/core';
import { passwordLogin } from '@gatehouse/login-password';
import { memoryStore } from '@gatehouse/store-memory';
import { createUsers } from '@gatehouse-examples/shared';
import cors from 'cors';
import express from 'express';
import { serveApp } from './serve-app.js';

process.loadEnvFile(new URL('../demo.env', import.meta.url));
const { GATEHOUSE_SECRET = '', PORT = '3000', WEB_SECRET = '' } = process.env;
const { APP_PORT = String(Number(PORT) + 1) } = process.env;
const origin = `http://localhost:${PORT}`;
const appOrigin = `http://localhost:${APP_PORT}`;
const api = `${origin}/api`;

const users = createUsers();
await users.add({ id: 'ada', name: 'Ada' }, 'demo-password');

const auth = await createAuthorizationServer({
  issuer: `${origin}/auth`,
  secrets: [GATEHOUSE_SECRET],
  store: memoryStore(),
  accounts: { find: (id: string) => users.find(id), id: (user) => user.id },
  resources: { [api]: { name: 'Acme API', scopes: { 'notes:read': 'Read your notes' } } },
  // #region clients
  clients: [
    {
      client_id: 'spa',
      client_name: 'Acme in the browser',
      token_endpoint_auth_method: 'none', // everybody can read its code: it has no secret to keep
      redirect_uris: [`${appOrigin}/`], // its origin may call the token endpoint, no setting needed
      scope: 'notes:read',
      firstParty: true,
    },
    // A client on a server, beside it. Its secret is nowhere near the browser.
    {
      client_id: 'web',
      client_secret: WEB_SECRET,
      redirect_uris: ['https://app.acme.example/cb'],
      scope: 'notes:read',
    },
  ],
  // #endregion clients
  plugins: [passwordLogin({ verify: users.check }), consentScreen()],
});

const app = express();
app.use(auth.routes());
// #region api
// Before the guard: a preflight carries no token. No cookies, so no `credentials`.
app.use('/api', cors({ origin: appOrigin }));
app.get(
  '/api/notes',
  auth.protect(api, { scope: 'notes:read' }, (req, res) => {
    res.json([`Water the plants of ${req.auth.accountId}`]);
  }),
);
// #endregion api

const server = app.listen(Number(PORT), 'localhost', () => console.log(`${auth.issuer} is up`));
const appServer = (await serveApp(auth.issuer, api)).listen(Number(APP_PORT), 'localhost', () =>
  console.log(`Open ${appOrigin} and sign in as ada with demo-password`),
);
process.once('SIGTERM', () => {
  for (const one of [server, appServer]) one.close().closeAllConnections(); // browsers hold them open
  void auth.close();
});
