import express, { type Express, type Request } from 'express';
import { api, ledger, type Server } from './server.js';

const notesOf = (accountId: string): string[] => [`a note of ${accountId}`];

/** The routes of the API, in the process of the server. */
export function createApi(auth: Server): Express {
  const app = express();

  // #region account
  app.get(
    '/api/notes',
    auth.protect(api, { scope: 'notes:read' }, (req, res) => {
      res.json(notesOf(req.auth.accountId));
    }),
  );
  // #endregion account

  // #region clients
  app.get(
    '/api/statistics',
    auth.protect(api, { scope: 'notes:read', clients: true }, (req, res) => {
      if (req.auth.kind === 'client') return void res.json({ for: req.auth.clientId });
      res.json({ for: req.auth.accountId });
    }),
  );
  // #endregion clients

  // #region step-up
  app.delete(
    '/api/account',
    auth.protect(api, { scope: 'notes:write', maxAge: 300 }, (req, res) => {
      res.json({ deleted: req.auth.accountId });
    }),
  );
  // #endregion step-up

  // #region middleware
  app.use('/api/ledger', auth.protect(ledger, { scope: 'ledger:read' }));
  app.get('/api/ledger/balance', (req: Request, res) => {
    const who = auth.of(req);
    res.json({ account: who?.kind === 'account' ? who.accountId : undefined });
  });
  // #endregion middleware
  return app;
}
