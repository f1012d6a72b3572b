const { join } = require('node:path');
const { consentScreen } = require('@gatehouse/consent');
const { createAuthorizationServer } = require('@gatehouse/core');
const { passwordLogin } = require('@gatehouse/login-password');
const { memoryStore } = require('@gatehouse/store-memory');
const { createUsers } = require('@gatehouse-examples/shared');
const express = require('express');

process.loadEnvFile(join(__dirname, 'demo.env'));
const { GATEHOUSE_SECRET = '', PORT = '3000', WEB_SECRET = '' } = process.env;
const origin = `http://localhost:${PORT}`;
const api = `${origin}/api`;

// #region host
// CommonJS has no await at the top level, so the app starts in a function.
async function main() {
  const users = createUsers();
  await users.add({ id: 'ada', name: 'Ada' }, 'demo-password');

  const auth = await createAuthorizationServer({
    issuer: `${origin}/auth`,
    secrets: [GATEHOUSE_SECRET],
    store: memoryStore(),
    accounts: {
      find: (/** @type {string} */ id) => users.find(id),
      id: (user) => user.id,
    },
    resources: { [api]: { name: 'Acme API', scopes: { 'notes:read': 'Read your notes' } } },
    clients: [
      {
        client_id: 'web',
        client_secret: WEB_SECRET,
        redirect_uris: ['https://app.acme.example/cb'],
        scope: 'notes:read',
      },
    ],
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
}
// #endregion host

void main();
