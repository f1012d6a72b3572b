import { createUsers } from '@gatehouse-examples/shared';
import { consentScreen } from '@gatehouse/consent';
import { createAuthorizationServer } from '@gatehouse/core';
import { passwordLogin } from '@gatehouse/login-password';
import express from 'express';
import { RateLimiterRedis } from 'rate-limiter-flexible';
import { createClient } from 'redis';
import { redisStore } from './redis-store.js';

// For the demo alone. On a server, the environment comes from outside.
process.loadEnvFile(new URL('../demo.env', import.meta.url));
const { GATEHOUSE_SECRET = '', PORT = '3000', WEB_SECRET = '' } = process.env;
const { REDIS_URI = 'redis://127.0.0.1:6379' } = process.env;
const origin = `http://localhost:${PORT}`;
const api = `${origin}/api`;
const users = createUsers();
await users.add({ id: 'ada', name: 'Ada' }, 'demo-password');

// #region server
// Without a queue a call fails while Redis is away, and is not made later, when nobody waits for it any more.
const client = createClient({ url: REDIS_URI, disableOfflineQueue: true });
client.on('error', (error: Error) => console.error(`Redis: ${error.message}`));
await client.connect();

const auth = await createAuthorizationServer({
  issuer: `${origin}/auth`,
  secrets: [GATEHOUSE_SECRET],
  store: redisStore(client),
  limits: (counter) =>
    new RateLimiterRedis({ storeClient: client, useRedisPackage: true, ...counter }),
  // #endregion server
  accounts: { find: (id: string) => users.find(id), id: (user) => user.id },
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
// #region purge
// Redis sweeps nothing of this by itself.
const sweep = setInterval(() => {
  auth.purge({ seconds: 10 }).catch((error) => console.error('nothing was purged', error));
}, 60_000);
// #endregion purge

const server = app.listen(Number(PORT), 'localhost', () => console.log(`${auth.issuer} is up`));
process.once('SIGTERM', () => {
  clearInterval(sweep);
  server.close(async () => {
    await auth.close();
    await client.close(); // last: what ran before it needed it
  });
});
