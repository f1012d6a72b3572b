import { consentScreen } from '@gatehouse/consent';
import { hostLogin } from '@gatehouse/core';
import type { AccountsOptions } from '@gatehouse/core';
import type { Request, Response } from 'express';
import session from 'express-session';
import { type HostOptions, loadExpress, type Person, startHost, type TestHost } from './host.js';

/** The login session of the host, as `express-session` keeps it. */
interface HostSession {
  who?: string;
  at?: number;
  save(done: () => void): void;
}

const sessionOf = (req: unknown): HostSession | undefined =>
  (req as { session?: HostSession }).session;

/** A host with a login page and a session of its own; the server has no login page. */
export interface SessionHost extends TestHost {
  /** Why people were sent to the login page, in order. */
  readonly reasons: string[];
}

/** Middleware of `express-session`, as hosts set it up. */
export function hostSession(): ReturnType<typeof session> {
  return session({ secret: 'of-the-host', resave: false, saveUninitialized: true });
}

/**
 * Starts it. `POST /login` with `who` logs in, `POST /log-out` logs out; both are the host's own business.
 *
 * @param authTime when a login counts as made, by the host
 */
export async function startSessionHost(
  {
    endHostSession,
    ...options
  }: HostOptions & Pick<AccountsOptions<Person>, 'endHostSession'> = {},
  authTime: () => number = () => Math.floor(Date.now() / 1000),
): Promise<SessionHost> {
  const express = await loadExpress();
  const reasons: string[] = [];
  const people = new Map<string, Person>();
  const find = (id: string): Person | undefined => people.get(id);
  const host: TestHost = await startHost({
    before: [hostSession()],
    accounts: {
      find: (id: string) => {
        const person = find(id);
        return person?.active ? person : undefined;
      },
      id: (person) => person.id,
      label: (person) => person.name,
      sessionsValidFrom: (person) => person.validFrom,
      fromRequest: (req) => {
        const { who = '', at = 0 } = sessionOf(req) ?? {};
        const account = find(who);
        return account && { account, authTime: at, amr: ['pwd'] };
      },
      ...(endHostSession ? { endHostSession } : {}),
    },
    plugins: [hostLogin({ url: '/login' }), consentScreen()],
    ...options,
    after: (app) => {
      app.get('/login', (req: Request, res: Response) => {
        reasons.push(String(req.query.reason));
        const action = `${host.origin}${req.originalUrl}`.replaceAll('&', '&amp;');
        res.send(`<h1>Log in at the host</h1><form method="post" action="${action}"></form>`);
      });
      app.post('/login', express.urlencoded({ extended: false }), (req: Request, res: Response) => {
        const current = sessionOf(req);
        const { who } = req.body as { who?: string };
        if (current && who !== undefined) Object.assign(current, { who, at: authTime() });
        res.redirect(303, host.auth.hostLogin?.returnTo(req.query.returnTo) ?? '/home');
      });
      // Not /logout: an issuer at the root may have an endpoint there.
      app.post('/log-out', (req: Request, res: Response) => {
        const current = sessionOf(req);
        if (current) delete current.who;
        res.redirect(303, '/home');
      });
      // The same, and the authorization server is told.
      app.post('/sign-out', async (req: Request, res: Response) => {
        const current = sessionOf(req);
        if (current) delete current.who;
        await host.auth.logOut(req, res);
        res.redirect(303, '/home');
      });
      app.get('/home', (_req: Request, res: Response) => void res.send('<h1>Home</h1>'));
      options.after?.(app);
    },
  });
  for (const [id, person] of host.people) people.set(id, person);
  return { ...host, reasons };
}
