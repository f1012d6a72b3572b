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
  express.json(),
  auth.protect(api, { scope: 'notes:write' }, (req, res) => {
    const text = String(req.body?.text ?? '');
    notes.set(req.auth.accountId, [...notesOf(req.auth.accountId), text]);
    res.status(201).json({ text, by: req.auth.clientId });
  }),
);
