import type { Express } from 'express';
import { expressVersions } from '../test/express-versions.js';
import { api, sign } from '../test/issuer.js';
import { guardOf, key } from '../test/knowing-guard.js';
import { send } from '../test/send.js';
import { type Served, serve } from '../test/serve.js';

let good: string;
beforeAll(async () => {
  good = await sign(key);
});

/** An app whose every route is protected, with what hosts put in front of it. */
function appOf(express: (typeof expressVersions)[number][1], guard = guardOf()): Express {
  const app = express();
  app.use(express.urlencoded({ extended: true }), express.json());
  app.use(guard.protect(api), (_req, res) => void res.json({ passed: true }));
  return app;
}

const outcome = (text: string): string => {
  const status = /^HTTP\/1\.1 (\d+)/.exec(text)?.[1];
  return [status, /error="(\w+)"/.exec(text)?.[1]].filter(Boolean).join(' ');
};

describe.each(expressVersions)('hostile requests to %s', (_name, express) => {
  let served: Served;
  beforeAll(async () => {
    served = await serve(appOf(express));
  });
  afterAll(() => served.close());

  const raw = async (...lines: string[]): Promise<string> =>
    outcome(await send(served.url, [...lines, 'Connection: close', '', ''].join('\r\n')));
  const start = 'GET /notes HTTP/1.1\r\nHost: x';

  it('lets a good request through, so that the others fail for their own reason', async () => {
    expect(await raw(start, `Authorization: Bearer ${good}`)).toBe('200');
  });

  it.each([
    ['twice the same', () => [`Authorization: Bearer ${good}`, `Authorization: Bearer ${good}`]],
    ['a good one first', () => [`Authorization: Bearer ${good}`, 'authorization: Bearer bad']],
    ['a good one last', () => ['AUTHORIZATION: Basic eDp5', `Authorization: Bearer ${good}`]],
    ['an empty one first', () => ['Authorization:', `Authorization: Bearer ${good}`]],
  ])('refuses repeated Authorization headers: %s', async (_case, lines) => {
    expect(await raw(start, ...lines())).toBe('400 invalid_request');
  });

  it.each([
    ['no token', 'Bearer'],
    ['two words', 'Bearer a b'],
    ['two folded credentials', 'Bearer a, Bearer b'],
    ['a comma', 'Bearer,a'],
    ['a tab', 'Bearer\ta'],
    ['quotes', 'Bearer "a"'],
    ['padding in the middle', 'Bearer a=b'],
    ['bytes outside ASCII', 'Bearer \xe9\xff'],
    ['a percent-encoded line break', 'Bearer a%0d%0aX: y'],
    ['an invisible space', 'Bearer a\xa0b'],
  ])('refuses what is no bearer credential: %s', async (_case, value) => {
    expect(await raw(start, `Authorization: ${value}`)).toBe('400 invalid_request');
  });

  it('never sees a NUL or a bare line feed in a header, because Node refuses it', async () => {
    expect(await raw(start, 'Authorization: Bearer a\0b')).toBe('400');
    expect(await raw(start, 'Authorization: Bearer a\n b')).toBe('400');
  });

  it('answers without an error to schemes that only begin like ours', async () => {
    for (const value of ['BearerToken a', 'Bearer-x a', 'DPoP a', 'Basic eDp5', 'a', '']) {
      expect(await raw(start, `Authorization: ${value}`)).toBe('401');
    }
  });

  it.each([
    '/notes?access_token=a',
    '/notes?access_token=',
    '/notes?access_token',
    '/notes?x=1&access_token=a&access_token=b',
    '/notes?access_token[]=a',
    '/notes?access_token[__proto__]=a',
    '/notes?access%5Ftoken=a',
    '/notes??&&access_token=a#x',
  ])('refuses a token in the query, beside a good header or alone: %s', async (path) => {
    const line = `GET ${path} HTTP/1.1\r\nHost: x`;
    expect(await raw(line)).toBe('400 invalid_request');
    expect(await raw(line, `Authorization: Bearer ${good}`)).toBe('400 invalid_request');
  });

  it('takes queries that only look alike', async () => {
    for (const query of ['?my_access_token=a', '?__proto__=a', '?a[access_token]=b', '?%', '?']) {
      const line = `GET /notes${query} HTTP/1.1\r\nHost: x`;
      expect(await raw(line, `Authorization: Bearer ${good}`)).toBe('200');
    }
  });

  const post = async (type: string, body: string): Promise<string> => {
    const headers = { 'Content-Type': type, 'Authorization': `Bearer ${good}` };
    const response = await fetch(`${served.url}/notes`, { method: 'POST', headers, body });
    return [
      response.status,
      /error="(\w+)"/.exec(response.headers.get('www-authenticate') ?? '')?.[1],
    ]
      .filter(Boolean)
      .join(' ');
  };

  it.each([
    'access_token=a',
    'access_token=a&access_token=b',
    'access_token[0]=a',
    'access_token[a]=b',
  ])('refuses a token in a form: %s', async (body) => {
    expect(await post('application/x-www-form-urlencoded; charset=utf-8', body)).toBe(
      '400 invalid_request',
    );
  });

  it('takes bodies where the name means something else, or nothing', async () => {
    expect(await post('application/json', '{"access_token":"of another service"}')).toBe('200');
    expect(await post('application/json', '{"__proto__":{"access_token":"a"}}')).toBe('200');
    expect(await post('application/x-www-form-urlencoded', '__proto__[access_token]=a')).toBe(
      '200',
    );
    expect(await post('application/x-www-form-urlencoded', '')).toBe('200');
  });

  it('refuses a token of more than 16 KB without looking at it, where the host allows such headers', async () => {
    const guard = guardOf({ introspect: () => Promise.reject(new Error('asked')) });
    const long = 'a'.repeat(16_385);
    await expect(guard.verify(api, long)).rejects.toMatchObject({ error: 'invalid_request' });
    await expect(guard.verify(api, 'a'.repeat(5_000_000))).rejects.toMatchObject({ status: 400 });
    await expect(guard.verify(api, long.slice(1))).rejects.toMatchObject({ status: 503 });
  });
});
