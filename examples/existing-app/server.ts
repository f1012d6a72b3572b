import { answerErrors } from '@gatehouse-examples/shared';
import express from 'express';
import session from 'express-session';
import { auth } from './auth.js';
import { fromHere, login, loginOf } from './login.js';
import { notesApi } from './notes.js';
import { accountPage } from './pages.js';
import { origin, port, sessionSecret } from './settings.js';

const app = express();

// #region mount
app.use(
  session({
    secret: sessionSecret,
    resave: false,
    saveUninitialized: false,
    // `lax`, not `strict`: the browser comes to the authorization endpoint from the client's site.
    cookie: { httpOnly: true, sameSite: 'lax', secure: origin.startsWith('https:') },
  }),
);
app.use(login);
app.use(auth.routes()); // behind the session, which it reads
app.use('/api', notesApi);
// #endregion mount

app.get('/', (req, res) => {
  const { user } = loginOf(req) ?? {};
  if (user) res.send(accountPage(user));
  else res.redirect('/login');
});

// #region everywhere
app.post('/sign-out-everywhere', fromHere, async (req, res) => {
  const { user } = loginOf(req) ?? {};
  if (user) {
    user.signedOutAt = Math.floor(Date.now() / 1000) + 1;
    await auth.revoke({ accountId: user.id });
  }
  res.redirect(303, '/login');
});
// #endregion everywhere

app.use(answerErrors);

const server = app.listen(port, 'localhost', () => console.log(`${origin} is up`));
process.once('SIGTERM', () => server.close(() => void auth.close()));
