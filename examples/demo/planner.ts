// Planner: another app, on another origin, that would like to read somebody's notes.
import { fileURLToPath } from 'node:url';
import { answerErrors } from '@gatehouse-examples/shared';
import express, { type Express, type Request, type RequestHandler } from 'express';
import * as oauth from 'openid-client';
import { renderHome } from './pages.js';
import { browserExchange, recordingFetch } from './trace.js';
import { forget, type Visitor, visitorOf, welcome } from './visitors.js';

export interface PlannerOptions {
  readonly origin: string;
  readonly issuer: string;
  readonly api: string;
  readonly secret: string;
}

export async function createPlanner(options: PlannerOptions): Promise<Express> {
  const { api, issuer, origin, secret } = options;
  const redirect_uri = `${origin}/callback`;
  const discovered = await oauth.discovery(new URL(issuer), 'planner', secret, undefined, {
    algorithm: 'oauth2',
    execute: [oauth.allowInsecureRequests],
  });

  /** The client, writing down what it sends for this visitor. */
  function clientFor({ trace }: Visitor): oauth.Configuration {
    const client = new oauth.Configuration(discovered.serverMetadata(), 'planner', secret);
    oauth.allowInsecureRequests(client); // for http://localhost alone
    client[oauth.customFetch] = recordingFetch(trace);
    return client;
  }

  async function callApi(visitor: Visitor, note?: string): Promise<void> {
    const response = await oauth.fetchProtectedResource(
      clientFor(visitor),
      visitor.tokens?.access_token ?? '',
      new URL(`${api}/notes`),
      note === undefined ? 'GET' : 'POST',
      note === undefined ? null : JSON.stringify({ note }),
      new Headers({ 'content-type': 'application/json' }),
    );
    if (note === undefined) visitor.notes = (await response.json()) as string[];
  }

  /** Does something for the visitor, and shows what came of it. */
  const action =
    (work: (visitor: Visitor, req: Request) => Promise<string>): RequestHandler =>
    async (req, res) => {
      const visitor = visitorOf(req, res);
      visitor.trace.length = 0;
      try {
        visitor.notice = { text: await work(visitor, req), bad: false };
      } catch (error) {
        visitor.notice = { text: wordsFor(error), bad: true };
      }
      res.redirect(303, '/');
    };

  const app = express();
  app.use((req, res, next) => {
    res.set({
      'Cache-Control': 'no-store',
      'Content-Security-Policy': `default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
      'Referrer-Policy': 'same-origin', // the address of the callback holds a code
    });
    // A form on somebody else's site must not press the buttons here.
    if (req.method !== 'POST' || req.headers.origin === origin) next();
    else res.sendStatus(403);
  });
  app.use(express.static(fileURLToPath(new URL('../public', import.meta.url))));
  app.use(express.urlencoded({ extended: false }));

  app.get('/', (req, res) => {
    const visitor = visitorOf(req, res);
    res.send(renderHome(visitor));
    delete visitor.notice;
  });

  // #region sign-in
  app.get('/sign-in', async (req, res) => {
    const visitor = visitorOf(req, res);
    const verifier = oauth.randomPKCECodeVerifier();
    const state = oauth.randomState();
    const url = oauth.buildAuthorizationUrl(clientFor(visitor), {
      redirect_uri,
      scope: 'notes:read notes:write',
      state,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    visitor.pending = { state, verifier };
    visitor.trace.splice(0, Number.POSITIVE_INFINITY, browserExchange(url));
    res.redirect(303, url.href);
  });

  app.get('/callback', async (req, res) => {
    const { pending, trace } = forget(req) ?? { trace: [] };
    const visitor = welcome(res, { trace });
    const callback = new URL(req.originalUrl, origin);
    trace.push(browserExchange(callback));
    try {
      if (!pending) throw new Error('This browser has not started to sign in, or has finished.');
      visitor.tokens = await oauth.authorizationCodeGrant(clientFor(visitor), callback, {
        pkceCodeVerifier: pending.verifier,
        expectedState: pending.state,
      });
      await callApi(visitor);
    } catch (error) {
      visitor.notice = { text: wordsFor(error), bad: true };
    }
    res.redirect(303, '/');
  });
  // #endregion sign-in

  app.post(
    '/call',
    action(async (visitor) => {
      await callApi(visitor);
      return 'The API answered.';
    }),
  );
  app.post(
    '/add',
    action(async (visitor, req) => {
      await callApi(visitor, String(req.body?.note ?? ''));
      await callApi(visitor);
      return 'Your note is there.';
    }),
  );
  // #region refresh
  app.post(
    '/refresh',
    action(async (visitor) => {
      const token = visitor.tokens?.refresh_token ?? '';
      visitor.tokens = await oauth.refreshTokenGrant(clientFor(visitor), token);
      return 'A new access token, and a new refresh token: the old one has done its work.';
    }),
  );
  // #endregion refresh
  // #region revoke
  app.post(
    '/revoke',
    action(async (visitor) => {
      await oauth.tokenRevocation(clientFor(visitor), visitor.tokens?.refresh_token ?? '');
      return 'Both tokens are void, the access token within two seconds. Try the other buttons.';
    }),
  );
  // #endregion revoke
  app.post('/sign-out', async (req, res) => {
    const visitor = forget(req);
    const token = visitor?.tokens?.refresh_token;
    if (visitor && token) await oauth.tokenRevocation(clientFor(visitor), token).catch(() => {});
    const text = 'Planner has forgotten you. Acme Notes has not: there, you are still signed in.';
    welcome(res, { notice: { text, bad: false } });
    res.redirect(303, '/');
  });
  app.use(answerErrors);
  return app;
}

function wordsFor(error: unknown): string {
  if (error instanceof oauth.AuthorizationResponseError && error.error === 'access_denied') {
    return 'You said no, so Planner got nothing.';
  }
  if (error instanceof oauth.WWWAuthenticateChallengeError) {
    return `The API says no: ${error.status}.`;
  }
  if (error instanceof oauth.ResponseBodyError) return `Acme Notes says no: ${error.error}.`;
  return error instanceof Error ? error.message : String(error);
}
