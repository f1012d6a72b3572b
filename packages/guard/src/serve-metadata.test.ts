import type { Express } from 'express';
import request from 'supertest';
import { expressVersions } from '../test/express-versions.js';
import { api, issuer, quiet, resources } from '../test/issuer.js';
import { createGuard } from './index.js';

const root = 'https://acme.example';
const path = '/.well-known/oauth-protected-resource';
const guard = createGuard({
  issuer,
  resources: { ...resources, [root]: { scopes: {} } },
  logger: quiet,
});

describe('metadataFor', () => {
  it('is the document of RFC 9728 and its URL', () => {
    expect(guard.metadataFor(api)).toEqual({
      url: `https://acme.example${path}/api`,
      body: {
        resource: api,
        authorization_servers: [issuer],
        scopes_supported: ['notes:read', 'notes:write'],
        bearer_methods_supported: ['header'],
        resource_name: 'Acme API',
      },
    });
  });

  it('leaves the name out where none is given', () => {
    expect(guard.metadataFor(root)).toEqual({
      url: `https://acme.example${path}`,
      body: {
        resource: root,
        authorization_servers: [issuer],
        scopes_supported: [],
        bearer_methods_supported: ['header'],
      },
    });
  });

  it('does not know other resources', () => {
    expect(() => guard.metadataFor('__proto__' as typeof api)).toThrow(TypeError);
  });
});

describe.each(expressVersions)('metadata on %s', (_name, express) => {
  let app: Express;
  beforeEach(() => {
    app = express();
    app.use((_req, res, next) => {
      res.setHeader('Access-Control-Allow-Origin', 'https://app.acme.example');
      res.setHeader('Access-Control-Allow-Credentials', 'true');
      next();
    });
    app.use(guard.metadata());
    app.use((_req, res) => void res.status(404).send('the app'));
  });

  it('serves each document at its path, to every origin', async () => {
    for (const resource of [api, root] as const) {
      const { body, url } = guard.metadataFor(resource);
      const response = await request(app).get(new URL(url).pathname);
      expect(response.status).toBe(200);
      expect(response.body).toEqual(body);
      expect(response.headers).toMatchObject({
        'content-type': 'application/json',
        'access-control-allow-origin': '*',
        'cache-control': 'public, max-age=300',
      });
      expect(response.headers).not.toHaveProperty('access-control-allow-credentials');
    }
  });

  it('answers HEAD, conditional requests and preflights', async () => {
    const full = await request(app).get(`${path}/api`);
    const head = await request(app).head(`${path}/api`);
    expect([head.status, head.headers['content-length']]).toEqual([
      200,
      full.headers['content-length'],
    ]);
    const etag = full.headers.etag ?? '';
    const again = await request(app).get(`${path}/api`).set('If-None-Match', `"x", ${etag}`);
    expect([again.status, again.text, again.headers.etag]).toEqual([304, '', etag]);
    const preflight = await request(app)
      .options(`${path}/api`)
      .set('Origin', 'https://app.other.example')
      .set('Access-Control-Request-Headers', 'x-version');
    expect([preflight.status, preflight.headers['access-control-allow-headers']]).toEqual([
      204,
      '*',
    ]);
    expect(preflight.headers['access-control-allow-methods']).toBe('GET, HEAD, OPTIONS');
  });

  it('says what it takes (RFC 9110 §9.3.7)', async () => {
    const { headers, status } = await request(app).options(`${path}/api`);
    expect([status, headers.allow]).toEqual([204, 'GET, HEAD, OPTIONS']);
  });

  it('refuses other methods', async () => {
    const { headers, status } = await request(app).post(`${path}/api`);
    expect([status, headers.allow]).toEqual([405, 'GET, HEAD, OPTIONS']);
  });

  it('leaves everything else to the app', async () => {
    for (const other of [
      `${path}/`,
      `${path}/other`,
      `${path}/API`,
      `/x?${path}/api`,
      `/x${path}`,
    ]) {
      expect((await request(app).get(other)).text).toBe('the app');
    }
  });

  it('does not care where it is mounted, what the query is, or what Host says', async () => {
    const mounted = express();
    mounted.use('/.well-known', guard.metadata());
    const { body } = await request(mounted).get(`${path}/api?x=1`).set('Host', 'evil.example');
    expect(body.resource).toBe(api);
  });
});

it('refuses to serve two resources that only Host could tell apart', () => {
  const scopes = {};
  const two = createGuard({
    issuer,
    resources: { 'https://a.example/api': { scopes }, 'https://b.example/api': { scopes } },
    logger: quiet,
  });
  expect(() => two.metadata()).toThrow('two resources have their metadata at');
});
