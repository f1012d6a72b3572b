import cors from 'cors';
import { browserAgent, pkce } from '../browser-agent.js';
import { clients, startHost, type TestHost } from '../host.js';
import { authorizationUrl, call, logIn, redeem, refresh, takeCode } from '../oauth-client.js';

const wellKnown = '/.well-known/oauth-authorization-server';
const tools = 'https://tools.test';

const hosts: Record<string, TestHost> = {};
beforeAll(async () => {
  const more = {
    allowedOrigins: [tools],
    clients: [
      ...clients,
      {
        client_id: 'local-spa',
        token_endpoint_auth_method: 'none',
        redirect_uris: ['http://localhost:5173/cb'],
        scope: 'notes:read',
        firstParty: true,
      },
    ],
  } as const;
  hosts.plain = await startHost(more);
  hosts['cors()'] = await startHost({ ...more, before: [cors()] });
  hosts['cors({ origin: true, credentials: true })'] = await startHost({
    ...more,
    before: [cors({ origin: true, credentials: true })],
  });
});
afterAll(() => Promise.all(Object.values(hosts).map((host) => host.close())));

const corsOf = (headers: Headers): Record<string, string> =>
  Object.fromEntries([...headers].filter(([name]) => name.startsWith('access-control-')));

// A host's own cors() may stand before the mount: at our endpoints it decides nothing.
describe.each(['plain', 'cors()', 'cors({ origin: true, credentials: true })'])(
  'on a host with %s, the token endpoint',
  (name) => {
    const host = (): TestHost => hosts[name] as TestHost;

    async function redeemFrom(origin: string, clientId: string) {
      const { code, verifier } = await takeCode(host(), clientId);
      const { status, headers, body } = await redeemWith(host(), clientId, code, verifier, {
        origin,
      });
      return { status, body, cors: corsOf(headers), vary: headers.get('vary') ?? '' };
    }

    it('is readable from the origin of a redirect URI of a public client', async () => {
      const { status, cors: sent, vary } = await redeemFrom('https://spa.test', 'spa');
      expect(status).toBe(200);
      expect(sent).toMatchObject({ 'access-control-allow-origin': 'https://spa.test' });
      expect(sent).not.toHaveProperty('access-control-allow-credentials');
      expect(vary).toMatch(/\borigin\b/i);
    });

    it('says its errors to that origin too', async () => {
      const { headers, body } = await call(
        host(),
        '/token',
        'spa',
        { grant_type: 'refresh_token', refresh_token: 'nonsense' },
        { origin: 'https://spa.test' },
      );
      expect(body.error).toBe('invalid_grant');
      expect(corsOf(headers)['access-control-allow-origin']).toBe('https://spa.test');
    });

    it.each([
      'https://evil.test',
      'http://spa.test',
      'https://spa.test:8443',
      'https://www.spa.test',
      'https://spa.test.evil.test',
      'null',
      'com.acme.notes://',
      'https://partner.test',
    ])('refuses a public client at the origin %s, and its code is not spent', async (origin) => {
      const { code, verifier } = await takeCode(host(), 'spa');
      const refused = await redeemWith(host(), 'spa', code, verifier, { origin });
      expect([refused.status, refused.body.error]).toEqual([400, 'invalid_request']);
      expect(corsOf(refused.headers)).not.toHaveProperty('access-control-allow-origin');
      expect((await redeem(host(), 'spa', code, verifier)).status).toBe(200);
    });

    it('refuses a confidential client at the origin of its own redirect URI: no page may hold its secret', async () => {
      const { status, body, cors: sent } = await redeemFrom('https://partner.test', 'partner');
      expect([status, body.error]).toEqual([400, 'invalid_request']);
      expect(sent).not.toHaveProperty('access-control-allow-origin');
    });

    it('is readable from the issuer’s origin and from allowedOrigins', async () => {
      for (const origin of [host().origin, tools]) {
        const { status, cors: sent } = await redeemFrom(origin, 'partner');
        expect([origin, status]).toEqual([origin, 200]);
        expect(sent['access-control-allow-origin']).toBe(origin);
        expect(sent).not.toHaveProperty('access-control-allow-credentials');
      }
    });

    it('is no business of CORS without an Origin header', async () => {
      const tokens = await logIn(host(), 'spa');
      const { status, headers } = await refresh(host(), 'spa', tokens.refresh_token);
      expect(status).toBe(200);
      expect(corsOf(headers)).toEqual({});
    });
  },
);

describe('a preflight', () => {
  it.each(['/token', '/revoke'])('at %s allows POST and no credentials', async (path) => {
    const { issuer } = hosts.plain as TestHost;
    const reply = await fetch(`${issuer}${path}`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://spa.test',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      },
    });
    expect([reply.status, await reply.text()]).toEqual([204, '']);
    const sent = corsOf(reply.headers);
    expect(sent['access-control-allow-origin']).toBe('https://spa.test');
    expect(sent['access-control-allow-methods']).toContain('POST');
    expect(sent['access-control-allow-headers']).toBe('content-type');
    expect(sent).not.toHaveProperty('access-control-allow-credentials');
  });

  it('at the interaction is not answered', async () => {
    const { issuer } = hosts.plain as TestHost;
    const reply = await fetch(`${issuer}/interaction/abc`, {
      method: 'OPTIONS',
      headers: { origin: 'https://spa.test', 'access-control-request-method': 'POST' },
    });
    expect([reply.status, corsOf(reply.headers)]).toEqual([405, {}]);
  });
});

describe('the revocation endpoint', () => {
  it('is readable from the SPA’s origin, and not from others', async () => {
    const host = hosts.plain as TestHost;
    const { refresh_token: token } = await logIn(host, 'spa');
    const evil = await call(host, '/revoke', 'spa', { token }, { origin: 'https://evil.test' });
    expect([evil.status, corsOf(evil.headers)]).toEqual([
      400,
      expect.not.objectContaining({ 'access-control-allow-origin': expect.anything() }),
    ]);
    expect((await refresh(host, 'spa', token)).status).toBe(200);
    const own = await call(host, '/revoke', 'spa', { token }, { origin: 'https://spa.test' });
    expect([own.status, corsOf(own.headers)['access-control-allow-origin']]).toEqual([
      200,
      'https://spa.test',
    ]);
  });
});

describe('a redirect URI on a loopback address', () => {
  it('allows its own origin with its port', async () => {
    const host = hosts.plain as TestHost;
    const from = async (origin: string): Promise<number> => {
      const fields = {
        grant_type: 'refresh_token',
        refresh_token: 'nonsense',
        client_id: 'local-spa',
      };
      const reply = await fetch(`${host.issuer}/token`, {
        method: 'POST',
        body: new URLSearchParams(fields),
        headers: { origin },
      });
      const readable = reply.headers.has('access-control-allow-origin');
      const { error } = (await reply.json()) as { error: string };
      return readable && error === 'invalid_grant' ? 200 : 0;
    };
    expect(await from('http://localhost:5173')).toBe(200);
    expect(await from('http://localhost:3000')).toBe(0);
    expect(await from('http://localhost')).toBe(0);
  });
});

describe.each(['plain', 'cors()', 'cors({ origin: true, credentials: true })'])(
  'on a host with %s, metadata and keys',
  (name) => {
    it('are readable from every origin, without credentials', async () => {
      const { origin, mount, issuer } = hosts[name] as TestHost;
      for (const url of [
        `${origin}${wellKnown}${mount}`,
        `${issuer}${wellKnown}`,
        `${issuer}/jwks`,
      ]) {
        for (const from of ['https://anyone.test', 'null', '']) {
          const reply = await fetch(url, { headers: from === '' ? {} : { origin: from } });
          expect([url, from, corsOf(reply.headers)]).toEqual([
            url,
            from,
            { 'access-control-allow-origin': '*' },
          ]);
          expect(reply.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
        }
      }
    });

    it('have pages that no other origin reads', async () => {
      const host = hosts[name] as TestHost;
      const agent = browserAgent(host.origin);
      const first = await agent.get(authorizationUrl(host, 'spa', pkce().challenge), {
        origin: 'https://spa.test',
      });
      const page = await agent.get(first.location ?? '', { origin: 'https://spa.test' });
      expect([first.status, page.status]).toEqual([303, 200]);
      for (const { headers } of [first, page]) expect(corsOf(headers)).toEqual({});
    });
  },
);

function redeemWith(
  host: TestHost,
  clientId: string,
  code: string,
  code_verifier: string,
  headers: Record<string, string>,
): ReturnType<typeof call> {
  const redirect_uri = clients.find((one) => one.client_id === clientId)?.redirect_uris?.[0] ?? '';
  const fields = { grant_type: 'authorization_code', code, redirect_uri, code_verifier };
  return call(host, '/token', clientId, fields, headers);
}
