import { createUsers } from '@gatehouse-examples/shared';
// #region host
import { consentScreen } from '@gatehouse/consent';
import { createAuthorizationServer } from '@gatehouse/core';
import { passwordLogin } from '@gatehouse/login-password';
import { memoryStore } from '@gatehouse/store-memory';
import express from 'express';

// #endregion host
process.loadEnvFile(new URL('../demo.env', import.meta.url));
const { GATEHOUSE_SECRET = '', PORT = '3000', WEB_SECRET = '' } = process.env;
const origin = `http://localhost:${PORT}`;
const users = createUsers();
await users.add({ id: 'ada', name: 'Ada' }, 'demo-password');
const notesOf = (accountId: string): string[] => [`A note of ${accountId}`];

// #region host
const app = express();
const api = `${origin}/api`;
const auth = await createAuthorizationServer({
  issuer: `${origin}/auth`,
  secrets: [GATEHOUSE_SECRET],
  store: memoryStore(),
  accounts: { find: (id: string) => users.find(id), id: (user) => user.id },
  resources: { [api]: { name: 'Acme API', scopes: { 'notes:read': 'Read your notes' } } },
  clients: [
    { client_id: 'web', client_secret: WEB_SECRET, redirect_uris: ['https://app.acme.example/cb'], scope: 'notes:read' },
  ],
  plugins: [
    passwordLogin({ verify: ({ identifier, password }) => users.check(identifier, password) }),
    consentScreen(),
  ],
});
app.use(auth.routes());
app.get('/api/notes', auth.protect(api, { scope: 'notes:read' }, (req, res) => res.json(notesOf(req.auth.accountId))));
// #endregion host
