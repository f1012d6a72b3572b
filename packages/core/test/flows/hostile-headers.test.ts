import { browserAgent, pkce } from '../browser-agent.js';
import { startHost, type TestHost } from '../host.js';
import { authorizationUrl, authorize, codeOf } from '../oauth-client.js';
import { type RawReply, rawRequest } from '../raw-request.js';

const wellKnown = '/.well-known/oauth-authorization-server';
const evil = 'evil.test';

/** What proxies and attackers send. None of it may change a byte. */
const hostile: readonly Record<string, string>[] = [
  { host: evil },
  { host: `${evil}:1` },
  { host: '' },
  { host: `${evil}, other.test` },
  { host: `user@${evil}` },
  { host: 'a"><script>alert(1)</script>' },
  { 'x-forwarded-host': evil },
  { 'x-forwarded-host': `${evil}, good.test` },
  { 'x-forwarded-proto': 'https' },
  { 'x-forwarded-proto': 'javascript' },
  { 'x-forwarded-proto': 'https', 'x-forwarded-host': evil, 'x-forwarded-port': '8443' },
  { 'x-forwarded-for': '10.1.1.1', 'x-real-ip': '10.1.1.1' },
  { 'x-forwarded-prefix': '/evil' },
  { 'x-forwarded-ssl': 'on', 'front-end-https': 'on', 'x-url-scheme': 'https' },
  { 'x-original-url': '/evil', 'x-rewrite-url': '/evil', 'x-original-host': evil },
  { 'x-http-method-override': 'DELETE', 'x-http-method': 'PUT', 'x-method-override': 'POST' },
  { forwarded: `for=10.1.1.1;host=${evil};proto=https` },
  { via: '1.1 evil', 'x-host': evil, 'x-forwarded-server': evil },
  { 'sec-fetch-site': 'cross-site', referer: `https://${evil}/` },
];

// Twice: as it is, and with a host that trusts every proxy.
describe.each([false, true])('with `trust proxy` %s, hostile headers', (trust) => {
  let host: TestHost;
  beforeAll(async () => {
    host = await startHost({ after: (app) => void app.set('trust proxy', trust) });
  });
  afterAll(() => host.close());

  const targetOf = (url: string): string => url.slice(host.origin.length);
  const plainHost = (): Record<string, string> => ({ host: new URL(host.origin).host });

  function send(target: string, headers: Record<string, string>): Promise<RawReply> {
    return rawRequest(host.origin, {
      target,
      headers: { ...plainHost(), accept: 'text/html', ...headers },
    });
  }

  it('change no byte of the metadata and of the keys', async () => {
    for (const target of [
      `${wellKnown}${host.mount}`,
      `${host.mount}${wellKnown}`,
      `${host.mount}/jwks`,
    ]) {
      const { text, headers } = await send(target, {});
      for (const more of hostile) {
        const reply = await send(target, more);
        expect([target, more, reply.text, reply.headers.etag]).toEqual([
          target,
          more,
          text,
          headers.etag,
        ]);
      }
    }
  });

  it('change nothing in the redirect to the login page and its cookies', async () => {
    const target = targetOf(authorizationUrl(host, 'web', pkce().challenge));
    const plain = shapeOf(await send(target, {}));
    expect(plain.location).toBe(`${host.issuer}/interaction/*`);
    for (const more of hostile)
      expect([more, shapeOf(await send(target, more))]).toEqual([more, plain]);
  });

  it('change nothing in an error that goes to the client', async () => {
    const target = targetOf(authorizationUrl(host, 'web', pkce().challenge, { scope: 'nonsense' }));
    const plain = shapeOf(await send(target, {}));
    expect(plain.location).toMatch(/^https:\/\/web\.test\/cb\?error=invalid_scope&/);
    for (const more of hostile)
      expect([more, shapeOf(await send(target, more))]).toEqual([more, plain]);
  });

  it('change no byte of an error page', async () => {
    const target = targetOf(authorizationUrl(host, 'nobody', pkce().challenge));
    const withoutNonce = ({ status, text }: RawReply): [number, string] => [
      status,
      text.replaceAll(/nonce="[\w-]+"/g, ''),
    ];
    const plain = withoutNonce(await send(target, {}));
    expect(plain[0]).toBe(400);
    for (const more of hostile) {
      const reply = await send(target, more);
      expect([more, withoutNonce(reply)]).toEqual([more, plain]);
      expect(reply.text).not.toContain(evil);
    }
  });

  it('change nothing on the way from the login to the client', async () => {
    for (const more of hostile) {
      if ('sec-fetch-site' in more) continue;
      const agent = browserAgent(host.origin);
      const page = await agent.follow(authorizationUrl(host, 'web', pkce().challenge));
      const action = /<form[^>]*action="([^"]+)"/.exec(page.text)?.[1] ?? '';
      expect(action).toBe(page.url);
      const csrf = /name="csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
      const cookie = [...agent.cookies].map(([key, { value }]) => `${key.split(' ')[0]}=${value}`);
      const body = new URLSearchParams({
        csrf,
        method: 'password',
        identifier: 'ada',
        password: 'ada-pw',
      });
      const reply = await rawRequest(host.origin, {
        method: 'POST',
        target: targetOf(action),
        headers: {
          ...plainHost(),
          'content-type': 'application/x-www-form-urlencoded',
          cookie: cookie.join('; '),
          ...more,
        },
        body: body.toString(),
      });
      expect([more, reply.status, shapeOf(reply).location]).toEqual([
        more,
        303,
        `${host.issuer}/authorize/*`,
      ]);
      const resumed = await send(targetOf(String(reply.headers.location)), {
        cookie: cookie.join('; '),
        ...more,
      });
      expect([more, new URL(String(resumed.headers.location)).origin]).toEqual([
        more,
        'https://web.test',
      ]);
      const { searchParams } = new URL(String(resumed.headers.location));
      expect(searchParams.get('iss')).toBe(host.issuer);
    }
  });

  it('change nothing in what the token endpoint answers', async () => {
    const { verifier, challenge } = pkce();
    for (const more of hostile) {
      const back = await authorize(
        browserAgent(host.origin),
        authorizationUrl(host, 'spa', challenge),
      );
      const form = new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: 'spa',
        code: codeOf(back),
        redirect_uri: 'https://spa.test/cb',
        code_verifier: verifier,
      });
      const reply = await rawRequest(host.origin, {
        method: 'POST',
        target: `${host.mount}/token`,
        headers: { ...plainHost(), 'content-type': 'application/x-www-form-urlencoded', ...more },
        body: form.toString(),
      });
      expect([more, reply.status]).toEqual([more, 200]);
      const { access_token } = JSON.parse(reply.text) as { access_token: string };
      const claims = Buffer.from(access_token.split('.')[1] ?? '', 'base64url').toString();
      expect((JSON.parse(claims) as { iss: string }).iss).toBe(host.issuer);
    }
  });

  it('in the request target itself, as an absolute URL, name no other server', async () => {
    const { text } = await send(`${wellKnown}${host.mount}`, {});
    const absolute = await send(`http://${evil}${wellKnown}${host.mount}`, {});
    expect([absolute.status, absolute.text]).toEqual([200, text]);

    const target = targetOf(authorizationUrl(host, 'web', pkce().challenge));
    const plain = shapeOf(await send(target, {}));
    for (const prefix of [`http://${evil}`, `https://${evil}:8443`, `HTTP://user@${evil}`]) {
      expect([prefix, shapeOf(await send(`${prefix}${target}`, {}))]).toEqual([prefix, plain]);
    }
  });

  it('in the request target, as two slashes, lead nowhere', async () => {
    for (const target of [
      `//${evil}${host.mount}/authorize`,
      `/\\${evil}${host.mount}/authorize`,
      '*',
    ]) {
      const reply = await send(target, {});
      expect([target, reply.status, reply.headers.location]).toEqual([target, 404, undefined]);
    }
  });
});

/** A reply without its random parts and its date. */
function shapeOf({ status, headers }: RawReply): {
  status: number;
  location: string;
  cookies: string[];
} {
  const random = (text: string): string =>
    text.replaceAll(/[\w-]{21,}/g, '*').replaceAll(/expires=[^;]+/g, 'expires=*');
  const cookies = headers['set-cookie'] ?? [];
  return {
    status,
    location: random(String(headers.location)),
    cookies: [cookies].flat().map(random),
  };
}
