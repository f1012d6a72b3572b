// The login that the app had before: a form, and express-session.
import express, { type Request, type RequestHandler, type Router } from 'express';
import { loginPage } from './pages.js';
import { origin } from './settings.js';
import { checkPassword, findUser, type User } from './users.js';

declare module 'express-session' {
  interface SessionData {
    userId: string;
    /** Epoch second. */
    loggedInAt: number;
  }
}

/** Who is logged in here, and since when. */
export function loginOf({ session }: Request): { user: User; loggedInAt: number } | undefined {
  const { loggedInAt = 0, userId } = session;
  const user = findUser(userId);
  return user && loggedInAt >= user.signedOutAt ? { user, loggedInAt } : undefined;
}

/** A form on somebody else's site must not log anybody in or out here. */
export const fromHere: RequestHandler = (req, res, next) => {
  if (req.headers.origin === origin) next();
  else res.sendStatus(403);
};

/** Our own addresses alone: a login page that sends people anywhere is a help to phishing. */
function ours(returnTo: unknown): string {
  return typeof returnTo === 'string' && returnTo.startsWith(`${origin}/`) ? returnTo : '/';
}

export const login: Router = express.Router();

login.get('/login', (req, res) => {
  res.send(loginPage(ours(req.query.returnTo)));
});

login.post('/login', fromHere, express.urlencoded({ extended: false }), (req, res, next) => {
  const { email, password, returnTo } = req.body ?? {};
  const user = checkPassword(String(email), String(password));
  if (!user) {
    res.status(422).send(loginPage(ours(returnTo), 'That address and password do not match.'));
    return;
  }
  // A new session: one that somebody else planted in this browser must not become a logged-in one.
  req.session.regenerate((error) => {
    if (error) return next(error);
    req.session.userId = user.id;
    req.session.loggedInAt = Math.floor(Date.now() / 1000);
    res.redirect(303, ours(returnTo));
  });
});

login.post('/logout', fromHere, (req, res, next) => {
  req.session.destroy((error) => (error ? next(error) : res.redirect(303, '/')));
});
