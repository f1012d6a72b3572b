import { answerErrors } from '@gatehouse-examples/shared';
import express from 'express';
import mongoose from 'mongoose';
import { api, auth } from './auth.js';
import { Note } from './models.js';
import { settings } from './settings.js';

const app = express();
let isStopping = false;

// #region health
// Who calls is what the last trusted proxy says. Limits count by it; no URL ever comes from it.
app.set('trust proxy', settings.trustedProxies);
app.get('/health', async (_req, res) => {
  const health = await auth.health(); // asks the database, for a second at most
  const ok = health.ok && !isStopping;
  res
    .status(ok ? 200 : 503)
    .set('cache-control', 'no-store')
    .json({ ...health, ok });
});
app.use(auth.routes());
// #endregion health

app.get(
  '/api/notes',
  auth.protect(api, { scope: 'notes:read' }, async (req, res) => {
    const notes = await Note.find({ userId: req.auth.accountId }).limit(100);
    res.json(notes.map(({ text }) => text));
  }),
);
app.post(
  '/api/notes',
  express.json(),
  auth.protect(api, { scope: 'notes:write' }, async (req, res) => {
    const text = String(req.body?.text ?? '');
    await Note.create({ userId: req.auth.accountId, text });
    res.status(201).json({ text });
  }),
);
app.use(answerErrors);

// #region stop
const server = app.listen(settings.port, () => console.log(`${auth.issuer} is up`));

/** What runs is answered; what nobody needs any more is closed, in this order. */
async function stop(): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  const idle = setInterval(() => server.closeIdleConnections(), 100); // kept alive, with nothing to do
  const late = setTimeout(() => server.closeAllConnections(), 10_000);
  await new Promise((resolve) => server.close(resolve)); // takes no connection more, and waits for those that work
  clearInterval(idle);
  clearTimeout(late);
  await auth.close();
  await mongoose.disconnect(); // last, and by the app: the store leaves a connection that it was given
  console.log('stopped');
}
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop());
// #endregion stop
