import { createAuthorizationServer } from '@gatehouse/core';
import express from 'express';
import { given } from './every.js';
import { options } from './options.js';
import { api } from './resources.js';
import { notesOf, settings } from './your-app.js';

const auth = await createAuthorizationServer(given(options));
const app = express();
app.use(auth.routes());
app.get(
  '/api/notes',
  auth.protect(api, { scope: 'notes:read' }, (req, res) => res.json(notesOf(req.auth.accountId))),
);
const server = app.listen(settings.port, 'localhost', () => console.log(`${auth.issuer} is up`));
process.once('SIGTERM', () => server.close(() => void auth.close()));
