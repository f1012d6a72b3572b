import { memoryStore } from '@gatehouse/store-memory';
import express from 'express';
import {
  browserAgent,
  type BrowserAgent,
  pkce,
} from '../../../packages/core/test/browser-agent.js';
// First: the modules below read their settings when they are loaded.
import { environment, secretOf } from './test-environment.js';
import { createApi } from './api.js';
import { ownPages } from './front-end.js';
import { type Listening, listen } from './listen.js';
import { createOperations, watch } from './operations.js';
import { callApi } from './protected-client.js';
import { createServer, type Server, type User } from './server.js';

const publicOrigin = 'https://acme.example';
const issuer = `${publicOrigin}/auth`;
const ada: User = { id: 'ada', email: 'ada@acme.example', active: true };
const users = {
  find: async (id: string) => (id === 'ada' ? ada : undefined),
  check: async (email: string, password: string) =>
    email === ada.email && password === 'correct horse' ? ada : undefined,
};

// It outlives the servers that are started on it, which is what production asks.
const store = { ...memoryStore(), durable: true };
let auth: Server;
let app: Listening;

async function start(): Promise<void> {
  auth = await createServer(users, store);
  const own = express();
  own.get('/auth/interaction/:uid', (req, res, next) =>
    req.headers['x-own-pages'] ? ownPages('<p>our own page</p>')(req, res, next) : next(),
  );
  own.use(auth.routes());
  own.use(createApi(auth));
  app = await listen(own);
}

async function stop(): Promise<void> {
  await app.close();
  await auth.close();
}

beforeEach(start);
afterEach(stop);

const agentOf = (): BrowserAgent => browserAgent(app.origin, publicOrigin);

interface Flow {
  readonly agent?: BrowserAgent;
  readonly params?: Readonly<Record<string, string>>;
}

/** Logs Ada in at the web client and redeems the code. */
async function logIn({ agent = agentOf(), params = {} }: Flow = {}): Promise<{
  access_token: string;
  refresh_token: string;
}> {
  const { challenge, verifier } = pkce();
  const redirect_uri = 'https://app.acme.example/callback';
  const query = new URLSearchParams({
    ...{ client_id: 'web', response_type: 'code', redirect_uri, scope: 'notes:read notes:write' },
    ...{ code_challenge: challenge, code_challenge_method: 'S256', ...params },
  });
  let page = await agent.follow(`${issuer}/authorize?${query}`);
  if (page.location === undefined) {
    expect(page.text).toContain('Welcome back');
    page = await agent.submit(page, { identifier: ada.email, password: 'correct horse' });
  }
  const code = new URL(page.location ?? 'none:').searchParams.get('code') ?? '';
  const fields = { grant_type: 'authorization_code', code, redirect_uri, code_verifier: verifier };
  const { status, body } = await token('web', fields);
  expect(status).toBe(200);
  return body as never;
}

async function token(
  clientId: 'web' | 'nightly-jobs',
  fields: Record<string, string>,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const secret = environment[clientId === 'web' ? 'WEB_SECRET' : 'JOBS_SECRET'];
  const response = await fetch(`${app.origin}/auth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}` },
    body: new URLSearchParams(fields),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const refresh = (refresh_token: string) =>
  token('web', { grant_type: 'refresh_token', refresh_token });

const call = (path: string, accessToken: unknown, method = 'GET'): Promise<Response> =>
  fetch(app.origin + path, { method, headers: { authorization: `Bearer ${accessToken}` } });

describe('the server of the guide', () => {
  it('starts in production, logs in through its own page, and opens the API', async () => {
    const { access_token } = await logIn();
    expect(await (await call('/api/notes', access_token)).json()).toEqual(['a note of ada']);
  });

  it('gives a machine what it may have, and keeps it from what belongs to a person', async () => {
    const { body } = await token('nightly-jobs', { grant_type: 'client_credentials' });
    const statistics = await call('/api/statistics', body.access_token);
    expect(await statistics.json()).toEqual({ for: 'nightly-jobs' });
    expect((await call('/api/notes', body.access_token)).status).toBe(403);
  });

  it('asks the person for consent at a client that is not its own', async () => {
    const agent = agentOf();
    const { challenge } = pkce();
    const query = new URLSearchParams({
      client_id: 'partner',
      response_type: 'code',
      redirect_uri: 'https://reports.partner.example/callback',
      code_challenge: challenge,
      code_challenge_method: 'S256',
    });
    const login = await agent.follow(`${issuer}/authorize?${query}`);
    const consent = await agent.submit(login, {
      identifier: ada.email,
      password: 'correct horse',
    });
    expect(consent.text).toContain('Partner Reports asks for access');
    const back = await agent.submit(consent, { decision: 'allow' });
    expect(new URL(back.location ?? 'none:').searchParams.has('code')).toBe(true);
  });

  it('reads opaque tokens of the ledger', async () => {
    const { access_token } = await logIn({ params: { scope: 'ledger:read' } });
    const balance = await call('/api/ledger/balance', access_token);
    expect(await balance.json()).toEqual({ account: 'ada' });
  });

  it('wants a login of the last five minutes for what cannot be undone', async () => {
    const { access_token } = await logIn();
    expect((await call('/api/account', access_token, 'DELETE')).status).toBe(200);
    const now = Date.now();
    const clock = import.meta.jest.spyOn(Date, 'now').mockImplementation(() => now + 400_000);
    try {
      const request = new Request(`${app.origin}/api/account`, {
        method: 'DELETE',
        headers: { authorization: `Bearer ${access_token}` },
      });
      const asked: Record<string, string>[] = [];
      const response = await callApi(request, async (params) => {
        asked.push(params);
        return (await logIn({ params })).access_token;
      });
      expect(asked).toEqual([{ max_age: '300' }]);
      expect(await response.json()).toEqual({ deleted: 'ada' });
    } finally {
      clock.mockRestore();
    }
  });

  it('ends what was revoked, and says so when a token was stolen', async () => {
    const alarms: string[] = [];
    const stopWatching = watch(auth, (name) => void alarms.push(name));
    const first = await logIn();
    const second = await refresh(first.refresh_token);
    await refresh(String(second.body.refresh_token));
    expect((await refresh(first.refresh_token)).body).toMatchObject({ error: 'invalid_grant' });
    expect(alarms).toEqual(['a refresh token was used twice: its family has ended']);
    stopWatching();
    const other = await logIn();
    await createOperations(auth).logOutEverywhere('ada');
    expect((await call('/api/notes', other.access_token)).status).toBe(401);
    expect((await refresh(other.refresh_token)).status).toBe(400);
  });

  it('keeps tokens and keys over a restart under a new secret', async () => {
    const { access_token, refresh_token } = await logIn();
    await stop();
    process.env.GATEHOUSE_SECRET = secretOf('second');
    process.env.GATEHOUSE_SECRET_OLD = environment.GATEHOUSE_SECRET;
    await start();
    expect((await call('/api/notes', access_token)).status).toBe(200);
    expect((await refresh(refresh_token)).status).toBe(200);
  });

  it('lets a front end of its own draw the pages', async () => {
    const agent = agentOf();
    const { challenge } = pkce();
    const query = new URLSearchParams({
      client_id: 'web',
      response_type: 'code',
      code_challenge: challenge,
      code_challenge_method: 'S256',
      scope: 'notes:read',
    });
    const { location = '' } = await agent.get(`${issuer}/authorize?${query}`);
    const own = { 'x-own-pages': '1' };
    expect((await agent.get(location, own)).text).toBe('<p>our own page</p>');
    const json = { ...own, accept: 'application/json' };
    expect(JSON.parse((await agent.get(location, json)).text)).toMatchObject({
      page: 'login',
      form: { action: location },
      data: { methods: [{ name: 'password' }] },
    });
    const cookie = [...agent.cookies].map(([key, { value }]) => `${key.split(' ')[0]}=${value}`);
    const send = (headers: Record<string, string>): Promise<Response> =>
      fetch(location.replace(publicOrigin, app.origin), {
        method: 'POST',
        headers: {
          ...{ accept: 'application/json', 'content-type': 'application/json' },
          ...{ cookie: cookie.join('; '), ...headers },
        },
        body: JSON.stringify({
          method: 'password',
          identifier: ada.email,
          password: 'correct horse',
        }),
      });
    expect((await send({ origin: 'https://evil.example' })).status).toBe(403);
    expect((await send({})).status).toBe(403);
    const answered = await send({ origin: publicOrigin });
    const { redirect } = (await answered.json()) as { redirect: string };
    expect(redirect).toContain(`${issuer}/authorize/`);
  });
});
