import { browserAgent, pkce } from '../browser-agent.js';
import { loadExpress, startHost, type TestHost, testMount } from '../host.js';
import { authorizationUrl, logIn } from '../oauth-client.js';
import { rawRequest } from '../raw-request.js';

const express = await loadExpress();
const wellKnown = '/.well-known/oauth-authorization-server';

let host: TestHost;
beforeAll(async () => {
  host = await startHost({
    after: (app) => {
      app.get(`${testMount}/about`, (_req, res) => void res.send('about us'));
      app.use((req, res) => void res.status(404).send(`the host knows no ${req.originalUrl}`));
    },
  });
});
afterAll(() => host.close());

const below = (path: string): string => `${host.origin}${host.mount}${path}`;

describe('paths that are not ours', () => {
  it('fall through to the host, the mount itself too', async () => {
    const paths = [
      '',
      '/',
      '/about',
      '/token/',
      '/authorize/',
      '/Token',
      '/interaction',
      '/interaction/',
      '/token/x',
    ];
    for (const path of paths) {
      const reply = await fetch(below(path));
      const text = path === '/about' ? 'about us' : `the host knows no ${host.mount}${path || '/'}`;
      const expected = path === '' && host.mount !== '' ? `the host knows no ${host.mount}` : text;
      expect(await reply.text()).toBe(expected);
    }
  });

  it('fall through when they only begin like the mount', async () => {
    for (const path of [
      `${host.mount || '/'}x/token`,
      `/x${host.mount}/token`,
      `${wellKnown}${host.mount}/x`,
    ]) {
      const reply = await fetch(`${host.origin}${path}`);
      expect(await reply.text()).toBe(`the host knows no ${path}`);
    }
  });

  it('fall through when they are written in another way than the issuer', async () => {
    const targets = [
      `${host.mount}//token`,
      `${host.mount}/%74oken`,
      `${host.mount}/./token`,
      `${host.mount}/token%00`,
    ];
    for (const target of targets) {
      const reply = await rawRequest(host.origin, { target });
      expect([target, reply.status]).toEqual([target, 404]);
    }
  });
});

describe('methods that a path does not take', () => {
  const cases: [method: string, path: string, allow: string][] = [
    ['POST', '/authorize', 'GET, HEAD'],
    ['PUT', '/authorize', 'GET, HEAD'],
    ['GET', '/token', 'POST, OPTIONS'],
    ['HEAD', '/token', 'POST, OPTIONS'],
    ['DELETE', '/token', 'POST, OPTIONS'],
    ['GET', '/revoke', 'POST, OPTIONS'],
    ['GET', '/introspect', 'POST, OPTIONS'],
    ['POST', '/jwks', 'GET, OPTIONS, HEAD'],
    ['POST', wellKnown, 'GET, OPTIONS, HEAD'],
    ['PUT', '/interaction/abc', 'GET, POST, HEAD'],
    ['POST', '/authorize/abc', 'GET, HEAD'],
  ];

  it.each(cases)('%s %s answers 405 with Allow: %s', async (method, path, allow) => {
    const reply = await fetch(below(path), { method });
    expect([reply.status, reply.headers.get('allow')]).toEqual([405, allow]);
  });

  it('is said as JSON at the endpoints for programs, whatever they accept', async () => {
    for (const path of ['/token', '/revoke', '/introspect']) {
      const reply = await fetch(below(path), { headers: { accept: 'text/html' } });
      expect(reply.headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(await reply.json()).toMatchObject({ error: 'invalid_request' });
    }
  });

  it('is said as a page at the authorization endpoint', async () => {
    const reply = await fetch(below('/authorize'), {
      method: 'POST',
      headers: { accept: 'text/html' },
    });
    expect(reply.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await reply.text()).toContain('can’t be used like that');
  });
});

describe('HEAD at the authorization endpoint', () => {
  it('answers like GET, without a body', async () => {
    const { challenge } = pkce();
    const reply = await fetch(authorizationUrl(host, 'web', challenge), {
      method: 'HEAD',
      redirect: 'manual',
    });
    expect(reply.status).toBe(303);
    expect(await reply.text()).toBe('');
  });
});

describe.each(['', '/auth', '/a/b'])('an issuer at "%s"', (mount) => {
  it('walks the whole flow, and every URL is below the issuer', async () => {
    const one = await startHost({ mount });
    try {
      const agent = browserAgent(one.origin);
      expect(await logIn(one, 'partner', { agent })).toMatchObject({ scope: 'notes:read' });
      const cookiePaths = [...agent.cookies.values()].map(({ path }) => path);
      for (const path of cookiePaths)
        expect(path === '/' || path.startsWith(`${mount}/`)).toBe(true);
    } finally {
      await one.close();
    }
  });
});

describe('a mount under a path by mistake', () => {
  async function misplaced(path: string): Promise<TestHost> {
    const router = express.Router();
    const placed = await startHost({ mount: '/auth', before: [router] });
    router.use(path, placed.auth.routes());
    return placed;
  }

  const adviceOf = ({ log }: TestHost): string[] =>
    log.map(({ message }) => message).filter((message) => message.includes('auth.routes()'));

  it('answers below the issuer all the same, and tells once what is out of reach', async () => {
    const placed = await misplaced('/auth');
    try {
      for (let times = 0; times < 2; times += 1) {
        expect((await fetch(`${placed.origin}/auth/jwks`)).status).toBe(200);
      }
      expect(adviceOf(placed)).toEqual([
        'auth.routes() stands under the path /auth and never sees /.well-known/oauth-authorization-server/auth. Write app.use(auth.routes()), without a path.',
      ]);
    } finally {
      await placed.close();
    }
  });

  it('is told of a path that is not the issuer’s at the first request', async () => {
    const placed = await misplaced('/oauth');
    try {
      await fetch(`${placed.origin}/oauth/jwks`);
      expect(adviceOf(placed)).toEqual([
        'auth.routes() stands under the path /oauth and never sees /.well-known/oauth-authorization-server/auth and /auth/. Write app.use(auth.routes()), without a path.',
      ]);
    } finally {
      await placed.close();
    }
  });

  it('says nothing about a router without a path', async () => {
    const router = express.Router();
    const placed = await startHost({ before: [router] });
    router.use(placed.auth.routes());
    try {
      expect((await fetch(`${placed.issuer}/jwks`)).status).toBe(200);
      expect(adviceOf(placed)).toEqual([]);
    } finally {
      await placed.close();
    }
  });
});
