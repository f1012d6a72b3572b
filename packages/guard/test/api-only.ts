// #region api
import { createGuard } from '@gatehouse/guard';
import express from 'express';

const api = 'https://acme.example/api';
const guard = createGuard({
  issuer: 'https://acme.example/auth',
  resources: { [api]: { name: 'Acme API', scopes: { 'notes:read': 'Read your notes' } } },
});

export const app = express();
app.use(guard.metadata());
app.get(
  '/api/notes',
  guard.protect(api, { scope: 'notes:read' }, (req, res) => res.json(notesOf(req.auth.accountId))),
);
// #endregion api

function notesOf(accountId: string): string[] {
  return [`a note of ${accountId}`];
}
