import { consentScreen } from '@gatehouse/consent';
import { createAuthorizationServer } from '@gatehouse/core';
import { passwordLogin } from '@gatehouse/login-password';
import { memoryStore } from '@gatehouse/store-memory';
import { createUsers } from '@gatehouse-examples/shared';
import express from 'express';

process.loadEnvFile(new URL('../demo.env', import.meta.url));
const { GATEHOUSE_SECRET = '', PORT = '3000' } = process.env;
const origin = `http://localhost:${PORT}`;
const api = `${origin}/api`;

const users = createUsers();
await users.add({ id: 'ada', name: 'Ada' }, 'demo-password');

const auth = await createAuthorizationServer({
  issuer: `${origin}/auth`,
  secrets: [GATEHOUSE_SECRET],
  store: memoryStore(),
  accounts: { find: (id: string) => users.find(id), id: (user) => user.id },
  resources: { [api]: { name: 'Acme API', scopes: { 'notes:read': 'Read your notes' } } },
  // #region client
  clients: [
    {
      client_id: 'notes-cli',
      client_name: 'Notes on the command line',
      // What everybody can download cannot keep a secret.
      token_endpoint_auth_method: 'none',
      // RFC 8252 §7.3: the address of the own machine, at whatever port is free when it runs.
      redirect_uris: ['http://127.0.0.1/callback', 'http://[::1]/callback'],
      firstParty: true,
    },
  ],
  // #endregion client
  plugins: [passwordLogin({ verify: users.check }), consentScreen()],
});

const app = express();
app.use(auth.routes());
app.get(
  '/api/notes',
  auth.protect(api, { scope: 'notes:read' }, (req, res) => {
    res.json([`Water the plants of ${req.auth.accountId}`]);
  }),
);
const server = app.listen(Number(PORT), 'localhost', () => console.log(`${auth.issuer} is up`));
process.once('SIGTERM', () => server.close(() => void auth.close()));
