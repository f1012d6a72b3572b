import { createGuard, remoteSource } from '@gatehouse/guard';
import express from 'express';

process.loadEnvFile(new URL('../demo.env', import.meta.url));
const { API_PORT = '3001', LEDGER_API_SECRET = '', PORT = '3000' } = process.env;
const issuer = `http://localhost:${PORT}/auth`;
const origin = `http://localhost:${API_PORT}`;
const app = express();

// #region jwt
// JWT access tokens: the guard loads the issuer's keys, and checks every token itself.
const stock = `${origin}/stock`;
const stockGuard = createGuard({
  issuer,
  resources: { [stock]: { name: 'Stock', scopes: { 'stock:read': 'See what is in stock' } } },
});
app.use(stockGuard.metadata());
app.get(
  '/stock',
  stockGuard.protect(stock, { scope: 'stock:read', clients: true }, (req, res) => {
    res.json({ for: req.auth.clientId, apples: 12 });
  }),
);
// #endregion jwt

// #region opaque
// Opaque access tokens: the guard asks the issuer, with the credential of this API.
const ledger = `${origin}/ledger`;
const ledgerGuard = createGuard({
  issuer,
  resources: { [ledger]: { name: 'Ledger', scopes: { 'ledger:read': 'See the balance' } } },
  source: remoteSource({
    issuer,
    introspection: { client_id: 'ledger-api', client_secret: LEDGER_API_SECRET },
    introspectionCacheSeconds: 0, // a revoked token is refused at once; 5 spares most questions
  }),
});
app.use(ledgerGuard.metadata());
app.get(
  '/ledger',
  ledgerGuard.protect(ledger, { scope: 'ledger:read', clients: true }, (req, res) => {
    res.json({ for: req.auth.clientId, balance: 1815 });
  }),
);
// #endregion opaque

const server = app.listen(Number(API_PORT), 'localhost', () => console.log(`${origin} is up`));
process.once('SIGTERM', () => server.close());
