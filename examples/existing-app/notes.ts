// The API that the app had before, now open to clients.
import express, { type Router } from 'express';
import { api, auth } from './auth.js';

const notes = new Map<string, string[]>();
const notesOf = (userId: string) => notes.get(userId) ?? [];

export const notesApi: Router = express.Router();

notesApi.get(
  '/notes',
  auth.protect(api, { scope: 'notes:read' }, (req, res) => {
    res.json(notesOf(req.auth.accountId));
  }),
);

notesApi.post(
  '/notes',
  auth.protect(api, { scope: 'notes:write' }), // first: what a stranger sends is not read
  express.json(),
  (req, res) => {
    const who = auth.of(req);
    if (who?.kind !== 'account') return void res.sendStatus(403);
    const text = String(req.body?.text ?? '');
    notes.set(who.accountId, [...notesOf(who.accountId), text]);
    res.status(201).json({ text, by: who.clientId });
  },
);
