import { basic, secretOf } from '../../core/test/machine-client.js';
import { type RawReply, rawRequest } from '../../core/test/raw-request.js';
import { pushingSuite } from './push-request.js';

const suite = pushingSuite();

const form = 'application/x-www-form-urlencoded';
const resource = '/.well-known/oauth-protected-resource';
const posted = ['/token', '/introspect', '/revoke', '/par'];
const paths: Readonly<Record<string, string>> = {
  ...Object.fromEntries(posted.map((path) => [path, 'POST, OPTIONS'])),
  '/userinfo': 'GET, POST, OPTIONS, HEAD',
  '/jwks': 'GET, OPTIONS, HEAD',
  '/.well-known/oauth-authorization-server': 'GET, OPTIONS, HEAD',
  '/.well-known/openid-configuration': 'GET, OPTIONS, HEAD',
  [`${resource}/notes`]: 'GET, HEAD, OPTIONS',
};

function send(
  path: string,
  method: string,
  headers: Record<string, string> = {},
  body?: string,
): Promise<RawReply> {
  const target = path.startsWith(resource) ? path : `${suite.host.mount}${path}`;
  return rawRequest(suite.host.origin, {
    method,
    target,
    headers: body === undefined ? headers : { 'content-type': form, ...headers },
    ...(body === undefined ? {} : { body }),
  });
}

const corsOf = ({ headers }: RawReply): string[] =>
  Object.keys(headers).filter((name) => name.startsWith('access-control-'));

describe.each(Object.entries(paths))('OPTIONS at %s (RFC 9110 §9.3.7)', (path, allow) => {
  it.each<[string, Record<string, string>]>([
    ['alone', {}],
    ['with an origin', { origin: 'https://spa.test' }],
    ['with the method of a preflight, and no origin', { 'access-control-request-method': 'POST' }],
    [
      'with a method that is empty',
      { 'origin': 'https://spa.test', 'access-control-request-method': '' },
    ],
    ['with a body', { 'content-type': form, 'content-length': '3' }],
  ])('%s says what the endpoint takes', async (_title, headers) => {
    const body = 'content-length' in headers ? 'a=b' : undefined;
    const reply = await send(path, 'OPTIONS', headers, body);
    expect([reply.status, reply.headers.allow, reply.text]).toEqual([204, allow, '']);
    expect(corsOf(reply)).toEqual([]);
  });

  it('says the same as a refused method does', async () => {
    const { status, headers } = await send(path, 'PUT');
    // That of a resource lies outside of the mount, where the host may take the other methods.
    const expected = path.startsWith(resource) ? [404, undefined] : [405, allow];
    expect([status, headers.allow]).toEqual(expected);
  });

  it('is a preflight with an origin and the method that is to come', async () => {
    const asked = { 'origin': 'https://spa.test', 'access-control-request-method': 'POST' };
    const reply = await send(path, 'OPTIONS', asked);
    expect([reply.status, reply.text]).toEqual([204, '']);
    expect(corsOf(reply)).toEqual(
      expect.arrayContaining(['access-control-allow-origin', 'access-control-allow-methods']),
    );
  });
});

describe.each([...posted, '/userinfo'])('no cache keeps what %s answers', (path) => {
  it.each<[string, string, Record<string, string>]>([
    ['to a client', 'token=x', { authorization: basic('web', secretOf('web')) }],
    ['to nobody', '', {}],
    ['to a wrong secret', 'token=x', { authorization: basic('web', 'wrong') }],
    ['to JSON', '{}', { 'content-type': 'application/json' }],
    ['to a body that is too large', `a=${'b'.repeat(70_000)}`, {}],
  ])('%s', async (_title, body, headers) => {
    const reply = await send(path, 'POST', headers, body);
    expect(reply.headers['cache-control']).toBe('no-store');
  });
});

it('no cache keeps what userinfo answers to a GET', async () => {
  const { status, headers } = await send('/userinfo', 'GET', { authorization: 'Bearer x' });
  expect([status, headers['cache-control']]).toEqual([401, 'no-store']);
});

it('a revocation is answered to its client, and refused to others, under the same header', async () => {
  for (const [secret, expected] of [
    [secretOf('web'), 200],
    ['wrong', 401],
  ] as const) {
    const authorization = basic('web', secret);
    const { status, headers } = await send('/revoke', 'POST', { authorization }, 'token=x');
    expect([status, headers['cache-control']]).toEqual([expected, 'no-store']);
  }
});
