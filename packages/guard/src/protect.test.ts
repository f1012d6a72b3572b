import type { Express } from 'express';
import request from 'supertest';
import { expressVersions } from '../test/express-versions.js';
import { accountClaims, api, clientClaims, issuer, now, resources, sign } from '../test/issuer.js';
import { guardOf, key } from '../test/knowing-guard.js';
import { type Auth, createGuard } from './index.js';

const metadataUrl = 'https://acme.example/.well-known/oauth-protected-resource/api';

describe.each(expressVersions)('protect on %s', (_name, express) => {
  let app: Express;
  beforeEach(() => {
    app = express();
  });

  const get = (path: string, token?: string): request.Test => {
    const test = request(app).get(path);
    return token === undefined ? test : test.set('Authorization', `Bearer ${token}`);
  };

  it('gives the handler the account, and only what the token says', async () => {
    app.get(
      '/notes',
      guardOf().protect(api, { scope: 'notes:read' }, (req, res) => res.json(req.auth)),
    );
    const claims = accountClaims();
    const { body, status } = await get('/notes', await sign(key, claims));
    expect(status).toBe(200);
    expect(body).toEqual({
      kind: 'account',
      accountId: 'account-1',
      clientId: 'web',
      scopes: ['notes:read', 'notes:write'],
      expiresAt: claims.exp,
      tokenId: 'token-1',
      acr: 'urn:acme:password',
      amr: ['pwd'],
      authTime: claims.auth_time,
      claims,
    });
  });

  it('lets a client in where the route says so, without an account', async () => {
    app.get(
      '/machine',
      guardOf().protect(api, { clients: true }, (req, res) => res.json(req.auth)),
    );
    const { body } = await get('/machine', await sign(key, clientClaims()));
    expect(body).toMatchObject({ kind: 'client', clientId: 'machine' });
    expect(body).not.toHaveProperty('accountId');
    const { body: account } = await get('/machine', await sign(key));
    expect(account).toMatchObject({ kind: 'account', accountId: 'account-1' });
  });

  it('is plain middleware without a handler, and `of` tells who is there', async () => {
    const guard = guardOf();
    let before: Auth | undefined;
    app.use((req, _res, next) => {
      (req as { auth?: unknown }).auth = { kind: 'account', accountId: 'somebody else' };
      before = guard.of(req);
      next();
    });
    app.use('/api', guard.protect(api));
    app.get('/api/me', (req, res) => res.json(guard.of(req)));
    const { body } = await get('/api/me', await sign(key));
    expect(before).toBeUndefined();
    expect(body).toMatchObject({ accountId: 'account-1' });
  });

  it('does not let another guard read who passed this one', async () => {
    const [guard, other] = [guardOf(), guardOf()];
    app.get('/me', guard.protect(api), (req, res) => res.json({ other: other.of(req) ?? null }));
    expect((await get('/me', await sign(key))).body).toEqual({ other: null });
  });

  it('takes the scheme in any case, and any number of spaces after it', async () => {
    app.get('/me', guardOf().protect(api), (_req, res) => void res.json({}));
    const token = await sign(key);
    for (const scheme of ['Bearer', 'bearer', 'BEARER', 'bEaReR  ']) {
      const { status } = await request(app).get('/me').set('Authorization', `${scheme} ${token}`);
      expect(status).toBe(200);
    }
  });

  it('gives what a handler throws or rejects with to the error handler of the app', async () => {
    const guard = guardOf();
    app.get(
      '/throws',
      guard.protect(api, {}, () => {
        throw new Error('thrown');
      }),
    );
    app.get(
      '/rejects',
      guard.protect(api, {}, async () => Promise.reject(new Error('rejected'))),
    );
    app.use(((error, _req, res, _next) => {
      res.status(500).json({ message: error.message });
    }) satisfies import('express').ErrorRequestHandler);
    const token = await sign(key);
    expect((await get('/throws', token)).body).toEqual({ message: 'thrown' });
    expect((await get('/rejects', token)).body).toEqual({ message: 'rejected' });
  });

  it('challenges without an error when no token was sent (RFC 6750 §3.1)', async () => {
    app.get('/notes', guardOf().protect(api, { scope: ['notes:read', 'notes:write'] }));
    for (const test of [get('/notes'), get('/notes').set('Authorization', 'Basic eDp5')]) {
      const { headers, status, text } = await test;
      expect(status).toBe(401);
      expect(headers['www-authenticate']).toBe(
        `Bearer scope="notes:read notes:write", resource_metadata="${metadataUrl}"`,
      );
      expect(headers['cache-control']).toBe('no-store');
      expect(text).toBe('');
    }
  });

  it('answers invalid_token with 401', async () => {
    app.get('/notes', guardOf().protect(api));
    const expired = { ...accountClaims(), exp: now() - 60 };
    const { body, headers, status } = await get('/notes', await sign(key, expired));
    expect(status).toBe(401);
    expect(headers['www-authenticate']).toBe(
      `Bearer error="invalid_token", error_description="the token has expired", resource_metadata="${metadataUrl}"`,
    );
    expect(headers['content-type']).toMatch(/^application\/json/);
    expect(headers['cache-control']).toBe('no-store');
    expect(body).toEqual({ error: 'invalid_token', error_description: 'the token has expired' });
  });

  it('answers insufficient_scope with 403 and all that the route needs', async () => {
    app.get('/notes', guardOf().protect(api, { scope: ['notes:read', 'notes:write'] }));
    const claims = { ...accountClaims(), scope: 'notes:read' };
    const { body, headers, status } = await get('/notes', await sign(key, claims));
    expect(status).toBe(403);
    expect(body.error).toBe('insufficient_scope');
    expect(headers['www-authenticate']).toContain('scope="notes:read notes:write"');
    expect(headers['www-authenticate']).toContain(`resource_metadata="${metadataUrl}"`);
  });

  it('answers insufficient_scope when a client comes with its own token', async () => {
    app.get('/notes', guardOf().protect(api, { scope: 'notes:read' }));
    const { body, status } = await get('/notes', await sign(key, clientClaims()));
    expect([status, body.error]).toEqual([403, 'insufficient_scope']);
  });

  it('asks for a stronger or a newer login (RFC 9470 §3)', async () => {
    const acr = ['urn:acme:mfa', 'urn:acme:passkey'];
    app.get('/pay', guardOf().protect(api, { acr, maxAge: 300 }));
    app.get('/recent', guardOf().protect(api, { maxAge: 0 }));
    const { body, headers, status } = await get('/pay', await sign(key));
    expect([status, body.error]).toEqual([401, 'insufficient_user_authentication']);
    expect(headers['www-authenticate']).toContain('acr_values="urn:acme:mfa urn:acme:passkey"');
    expect(headers['www-authenticate']).toContain('max_age="300"');
    const strong = { ...accountClaims(), acr: 'urn:acme:passkey' };
    expect((await get('/pay', await sign(key, strong))).status).toBe(404);
    const old = { ...strong, auth_time: now() - 400 };
    expect((await get('/pay', await sign(key, old))).status).toBe(401);
    const silent = { ...strong, auth_time: undefined };
    expect((await get('/pay', await sign(key, silent))).status).toBe(401);
    expect((await get('/recent', await sign(key))).headers['www-authenticate']).toContain(
      'max_age="0"',
    );
  });

  it('answers 503 without a challenge when the source fails', async () => {
    const fails = () => Promise.reject(new Error('down'));
    const token = await sign(key);
    app.get('/key', guardOf({ key: fails }).protect(api));
    app.get('/revoked', guardOf({ revoked: fails }).protect(api));
    app.get('/introspect', guardOf({ introspect: fails }).protect(api));
    for (const test of [get('/key', token), get('/revoked', token), get('/introspect', 'opaque')]) {
      const { body, headers, status } = await test;
      expect([status, body.error]).toEqual([503, 'temporarily_unavailable']);
      expect(headers['retry-after']).toMatch(/^\d+$/);
      expect(headers['cache-control']).toBe('no-store');
      expect(headers).not.toHaveProperty('www-authenticate');
    }
  });

  it('makes the challenge readable for browsers only where the host opened the API to them', async () => {
    app.get('/closed', guardOf().protect(api));
    app.use((req, res, next) => {
      res.setHeader('Access-Control-Allow-Origin', 'https://app.acme.example');
      if (req.path === '/listed')
        res.setHeader('Access-Control-Expose-Headers', 'Www-Authenticate');
      if (req.path === '/more') res.setHeader('Access-Control-Expose-Headers', ['ETag', 'Link']);
      next();
    });
    app.use(guardOf().protect(api));
    const exposed = async (path: string): Promise<unknown> =>
      (await get(path)).headers['access-control-expose-headers'];
    expect(await exposed('/closed')).toBeUndefined();
    expect(await exposed('/open')).toBe('WWW-Authenticate');
    expect(await exposed('/listed')).toBe('Www-Authenticate');
    expect(await exposed('/more')).toBe('ETag, Link, WWW-Authenticate');
  });

  it('leaves a reply that has begun to the app', async () => {
    app.use((_req, res, next) => {
      res.write('begun');
      next();
    });
    app.use(guardOf().protect(api));
    let seen: unknown;
    app.use(((error, _req, res, _next) => {
      seen = error;
      res.end();
    }) satisfies import('express').ErrorRequestHandler);
    await get('/notes');
    expect(seen).toMatchObject({ name: 'GuardError', status: 401 });
  });

  it('tells the log which check refused, and never the token', async () => {
    const lines: string[] = [];
    const write = (message: string, details: unknown): void =>
      void lines.push(`${message} ${JSON.stringify(details)}`);
    const guard = createGuard({
      issuer,
      resources,
      logger: { debug: write, warn: write },
      source: { key: () => Promise.reject(new Error('down')) },
    });
    app.use(guard.protect(api));
    const tokens = ['opaque-secret', await sign(key)];
    for (const token of tokens) await get('/', token);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain('"check":"readable"');
    for (const token of tokens) expect(lines.join()).not.toContain(token);
  });
});
