import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createAuthorizationServer } from '@gatehouse/core';
import { memoryStore } from '@gatehouse/store-memory';
import express from 'express';

process.loadEnvFile(new URL('../demo.env', import.meta.url));
const { GATEHOUSE_SECRET = '', LEDGER_API_SECRET = '', NIGHTLY_SECRET = '' } = process.env;
const { API_PORT = '3001', KEY_FOLDER = import.meta.dirname, PORT = '3000' } = process.env;
const origin = `http://localhost:${PORT}`;
const syncKey = JSON.parse(await readFile(join(KEY_FOLDER, 'sync.public.json'), 'utf8'));

// #region resources
const reports = `${origin}/reports`;
// These two live in a process of their own, see ../api-only. The opaque one asks about tokens with its own credential.
const stock = `http://localhost:${API_PORT}/stock`;
const ledger = `http://localhost:${API_PORT}/ledger`;
const resources = {
  [reports]: { name: 'Reports', scopes: { 'reports:read': 'Read reports' } },
  [stock]: { name: 'Stock', scopes: { 'stock:read': 'See what is in stock' } },
  [ledger]: {
    name: 'Ledger',
    scopes: { 'ledger:read': 'See the balance' },
    accessToken: { format: 'opaque' },
    introspection: { client_id: 'ledger-api', client_secret: LEDGER_API_SECRET },
  },
} as const;
// #endregion resources

// #region clients
const auth = await createAuthorizationServer({
  issuer: `${origin}/auth`,
  secrets: [GATEHOUSE_SECRET],
  store: memoryStore(),
  // Machines only: nobody ever logs in.
  accounts: { find: (_id: string) => undefined, id: () => '' },
  resources,
  clients: [
    // A machine gets what `scope` names, and nothing else.
    {
      client_id: 'nightly',
      client_secret: NIGHTLY_SECRET,
      scope: 'reports:read stock:read ledger:read',
    },
    // Better than a secret: the server knows the public key alone, so there is nothing to steal from it.
    { client_id: 'sync', jwks: { keys: [syncKey] }, scope: 'reports:read' },
  ],
});
// #endregion clients

const app = express();
app.use(auth.routes());
// #region protect
app.get(
  '/reports',
  auth.protect(reports, { scope: 'reports:read', clients: true }, (req, res) => {
    const who = req.auth.kind === 'client' ? req.auth.clientId : req.auth.accountId;
    res.json({ for: who, kind: req.auth.kind, reports: ['Q1', 'Q2'] });
  }),
);
// #endregion protect
const server = app.listen(Number(PORT), 'localhost', () => console.log(`${auth.issuer} is up`));
process.once('SIGTERM', () => server.close(() => void auth.close()));
