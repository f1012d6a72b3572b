// #region host
import { consentScreen } from '@gatehouse/consent';
import { createAuthorizationServer } from '@gatehouse/core';
import { passwordLogin } from '@gatehouse/login-password';
import { memoryStore } from '@gatehouse/store-memory';
import express from 'express';
import { notesOf, origin, port, users } from './your-app.js';

const { GATEHOUSE_SECRET = '', WEB_SECRET = '' } = process.env;
const redirect_uris = ['https://app.acme.example/cb'];
const api = `${origin}/api`;
const app = express();
const auth = await createAuthorizationServer({
  issuer: `${origin}/auth`,
  secrets: [GATEHOUSE_SECRET],
  store: memoryStore(),
  accounts: { find: (id: string) => users.find(id), id: (user) => user.id },
  resources: { [api]: { name: 'Acme API', scopes: { 'notes:read': 'Read your notes' } } },
  clients: [{ client_id: 'web', client_secret: WEB_SECRET, redirect_uris, scope: 'notes:read' }],
  plugins: [passwordLogin({ verify: users.check }), consentScreen()],
});
app.use(auth.routes());
app.get(
  '/api/notes',
  auth.protect(api, { scope: 'notes:read' }, (req, res) => res.json(notesOf(req.auth.accountId))),
);
// #endregion host
const server = app.listen(port, 'localhost', () => console.log(`${auth.issuer} is up`));
process.once('SIGTERM', () => server.close(() => void auth.close()));
