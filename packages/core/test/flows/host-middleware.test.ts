import { createGzip, type Gzip } from 'node:zlib';
import cookieParser from 'cookie-parser';
import cors from 'cors';
import type { Express, NextFunction, Request, RequestHandler, Response } from 'express';
import session from 'express-session';
import helmet from 'helmet';
import { browserAgent, pkce, type Reply } from '../browser-agent.js';
import { loadExpress, startHost, type TestHost } from '../host.js';
import { authorizationUrl, call, codeOf, redeem, refresh } from '../oauth-client.js';

const express = await loadExpress();

// Middleware of hosts, each as it is documented.
const middleware: Readonly<Record<string, () => RequestHandler>> = {
  'express.json()': () => express.json(),
  'express.urlencoded({ extended: true })': () => express.urlencoded({ extended: true }),
  'express.urlencoded({ extended: false })': () => express.urlencoded({ extended: false }),
  'express.text({ type: "*/*" })': () => express.text({ type: '*/*' }),
  'express.raw({ type: "*/*" })': () => express.raw({ type: '*/*' }),
  'helmet()': () => helmet(),
  'cors()': () => cors(),
  'cors({ origin: true, credentials: true })': () => cors({ origin: true, credentials: true }),
  'cookie-parser': () => cookieParser('of-the-host'),
  'express-session': () =>
    session({
      secret: 'of-the-host',
      resave: true,
      saveUninitialized: true,
      store: new session.MemoryStore(),
    }),
  'a compression': () => compress,
  'a logger that waits': () => (_req, _res, next) => void setTimeout(next, 5),
};
const everything = [
  'express.json()',
  'express.urlencoded({ extended: true })',
  'helmet()',
  'cors({ origin: true, credentials: true })',
  'cookie-parser',
  'express-session',
  'a compression',
  'a logger that waits',
];

// What `compression` does to a response: it decides when the headers leave, and stands between the body and the socket.
function compress(_req: Request, res: Response, next: NextFunction): void {
  const { writeHead, write, end } = res;
  let gzip: Gzip | undefined;
  Object.assign(res, {
    writeHead(...args: [number]) {
      if (res.hasHeader('Content-Type') && !res.headersSent) {
        gzip = createGzip();
        res.removeHeader('Content-Length');
        res.setHeader('Content-Encoding', 'gzip');
        gzip.on('data', (chunk: Buffer) => write.call(res, chunk, 'utf8'));
        gzip.on('end', () => end.call(res, undefined, 'utf8'));
      }
      return writeHead.apply(res, args);
    },
    write(chunk: string | Buffer) {
      if (!res.headersSent) res.writeHead(res.statusCode);
      return gzip ? gzip.write(chunk) : write.call(res, chunk, 'utf8');
    },
    end(chunk?: string | Buffer) {
      if (!res.headersSent) res.writeHead(res.statusCode);
      if (!gzip) return end.call(res, chunk, 'utf8');
      return chunk === undefined ? gzip.end() : gzip.end(chunk);
    },
  });
  next();
}

function use(app: Express, names: readonly string[]): void {
  for (const name of names) app.use(middleware[name]?.() ?? express.json());
}

/** Login, consent, tokens, refresh, API, introspection, revocation; every page and redirect is looked at. */
async function walk(host: TestHost): Promise<void> {
  const agent = browserAgent(host.origin);
  const { verifier, challenge } = pkce();
  const first = await agent.get(authorizationUrl(host, 'partner', challenge));
  checkRedirect(first);
  const login = await agent.get(first.location ?? '');
  checkPage(login);
  const consent = await agent.submit(login, {
    method: 'password',
    identifier: 'ada',
    password: 'ada-pw',
  });
  checkPage(consent);
  const back = await agent.submit(consent, { decision: 'allow' });
  expect(back.location).toMatch(/^https:\/\/partner\.test\/cb\?code=/);
  checkRedirect(back);

  const { status, body } = await redeem(host, 'partner', codeOf(back), verifier);
  expect([status, body.scope]).toEqual([200, 'notes:read']);
  const renewed = await refresh(host, 'partner', String(body.refresh_token));
  expect(renewed.status).toBe(200);
  const token = String(renewed.body.access_token);
  expect(await callApi(host, token)).toBe(200);
  const introspected = await call(host, '/introspect', 'partner', { token });
  expect(introspected.body.active).toBe(true);
  expect(
    (await call(host, '/revoke', 'partner', { token: String(renewed.body.refresh_token) })).status,
  ).toBe(200);
  expect((await refresh(host, 'partner', String(renewed.body.refresh_token))).body.error).toBe(
    'invalid_grant',
  );
}

async function callApi({ origin }: TestHost, token: string): Promise<number> {
  const reply = await fetch(`${origin}/api/notes`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return reply.status;
}

function checkPage({ status, headers }: Reply): void {
  expect(status).toBe(200);
  const policy = headers.get('content-security-policy') ?? '';
  expect(policy.replace(/'nonce-[\w-]+'/, 'NONCE')).toBe(
    "default-src 'none'; style-src NONCE; base-uri 'none'; frame-ancestors 'none'",
  );
  const expected = {
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-frame-options': 'DENY',
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
  };
  expect(Object.fromEntries(headers)).toMatchObject(expected);
  checkRedirect({ headers });
}

function checkRedirect({ headers }: Pick<Reply, 'headers'>): void {
  for (const name of [
    'cross-origin-opener-policy',
    'cross-origin-embedder-policy',
    'access-control-allow-origin',
    'access-control-allow-credentials',
    'etag',
  ]) {
    expect([name, headers.get(name)]).toEqual([name, null]);
  }
  expect(headers.get('content-security-policy') ?? '').not.toContain('form-action');
  expect(headers.get('cache-control')).toContain('no-store');
}

describe.each(Object.keys(middleware))('%s', (name) => {
  it('before the mount: every step works, and the pages keep their own headers', async () => {
    const host = await startHost({ before: [middleware[name]?.() ?? express.json()] });
    await walk(host).finally(() => host.close());
  });

  it('after the mount: every step works', async () => {
    const host = await startHost({ after: (app) => use(app, [name]) });
    await walk(host).finally(() => host.close());
  });
});

describe('a host with all of it', () => {
  it('before the mount', async () => {
    const host = await startHost({
      before: everything.map((name) => middleware[name]?.() ?? express.json()),
    });
    await walk(host).finally(() => host.close());
  });

  it('in the other order', async () => {
    const names = [...everything].reverse();
    const host = await startHost({
      before: names.map((name) => middleware[name]?.() ?? express.json()),
    });
    await walk(host).finally(() => host.close());
  });

  it('after the mount', async () => {
    const host = await startHost({ after: (app) => use(app, everything) });
    await walk(host).finally(() => host.close());
  });
});

describe('a body that the host has parsed', () => {
  const parsers: Readonly<Record<string, readonly RequestHandler[]>> = {
    nothing: [],
    'urlencoded, extended': [express.urlencoded({ extended: true })],
    'urlencoded, simple': [express.urlencoded({ extended: false })],
    json: [express.json()],
    text: [express.text({ type: '*/*' })],
    raw: [express.raw({ type: '*/*' })],
  };

  async function token(
    host: TestHost,
    body: string,
    type = 'application/x-www-form-urlencoded',
  ): Promise<{ status: number; body: Record<string, unknown> }> {
    const reply = await fetch(`${host.issuer}/token`, {
      method: 'POST',
      body,
      headers: { 'content-type': type },
    });
    expect(reply.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(reply.headers.get('cache-control')).toContain('no-store');
    return { status: reply.status, body: (await reply.json()) as Record<string, unknown> };
  }

  const machine =
    'client_id=machine&client_secret=machine-secret-0123456789-abcdefghijkl&grant_type=client_credentials';

  it.each(Object.keys(parsers))('by %s gives the same answers', async (name) => {
    const host = await startHost({ before: parsers[name] ?? [] });
    try {
      expect((await token(host, `${machine}&scope=notes:read`)).body.scope).toBe('notes:read');
      // Repeated, structured, polluted: each is a missing or doubled parameter, never another value.
      const refused: [body: string, error: string][] = [
        [`${machine}&scope=notes:read&scope=notes:read`, 'invalid_request'],
        [`${machine}&scope=notes:read&grant_type=refresh_token`, 'invalid_request'],
        [machine.replace('grant_type', 'grant_type[]'), 'invalid_request'],
        [machine.replace('grant_type', 'grant_type[a]'), 'invalid_request'],
        [machine.replace('grant_type=', '__proto__[grant_type]='), 'invalid_request'],
        [machine.replace('client_secret', 'client_secret[]'), 'invalid_client'],
        [machine.replace('client_id', 'client_id[]'), 'invalid_client'],
        [machine.replace('client_id', 'client_id[$ne]'), 'invalid_client'],
        ['', 'invalid_client'],
      ];
      for (const [body, error] of refused) {
        expect([body, (await token(host, body)).body.error]).toEqual([body, error]);
      }
      const json = JSON.stringify(Object.fromEntries(new URLSearchParams(machine)));
      expect(await token(host, json, 'application/json')).toMatchObject({
        status: 400,
        body: { error: 'invalid_request' },
      });
      expect(await token(host, '["client_id=machine"]', 'application/json')).toMatchObject({
        status: 400,
      });
      expect(await token(host, machine, 'text/plain')).toMatchObject({
        status: 400,
        body: { error: 'invalid_request' },
      });
      expect(await token(host, machine, 'multipart/form-data; boundary=x')).toMatchObject({
        status: 400,
      });
    } finally {
      await host.close();
    }
  });

  it('of more than 64 KB is refused before it is looked at', async () => {
    const host = await startHost();
    try {
      const { status, body } = await token(host, `${machine}&scope=${'x'.repeat(1_000_000)}`);
      expect([status, body.error]).toEqual([413, 'invalid_request']);
    } finally {
      await host.close();
    }
  });

  it('that something else has read and thrown away is told, and does not hang', async () => {
    const drain: RequestHandler = (req, _res, next) => {
      req.resume();
      req.on('end', () => next());
    };
    const host = await startHost({ before: [drain] });
    try {
      const { status, body } = await token(host, machine);
      expect([status, body.error]).toEqual([400, 'invalid_request']);
      expect(body.error_description).toBe('the request body was read before it came here');
    } finally {
      await host.close();
    }
  });
});
