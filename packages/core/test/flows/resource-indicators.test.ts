import { decodeJwt } from 'jose';
import { browserAgent, pkce } from '../browser-agent.js';
import { api, ledger, startHost, type TestHost, webSecret } from '../host.js';
import { basic, introspect, openApi, send } from '../machine-client.js';
import {
  type Answer,
  authorizationUrl,
  authorize,
  codeOf,
  redeem,
  refresh,
  takeCode,
} from '../oauth-client.js';

let host: TestHost;
beforeAll(async () => {
  host = await startHost();
});
afterAll(() => host.close());

/** Authorizes with these parameters, each as often as it is given, and redeems with those. */
async function walk(
  asked: readonly (readonly [string, string])[],
  redeemed: Record<string, string> = {},
): Promise<{ error?: string | null; answer?: Answer; description?: string | null }> {
  const { verifier, challenge } = pkce();
  const names = new Set(asked.map(([name]) => name));
  const base = authorizationUrl(host, 'web', challenge, names.has('scope') ? { scope: '' } : {});
  const url = `${base}&${new URLSearchParams(asked.map((pair) => [...pair]))}`;
  const back = await authorize(browserAgent(host.origin), url);
  const { searchParams } = new URL(back.location ?? 'none:');
  const error = searchParams.get('error');
  if (error !== null) return { error, description: searchParams.get('error_description') };
  return { answer: await redeem(host, 'web', codeOf(back), verifier, redeemed) };
}

function audience({ answer }: { answer?: Answer }): unknown {
  expect(answer?.status).toBe(200);
  return decodeJwt(String(answer?.body.access_token)).aud;
}

describe('a client that sends no resource (RFC 8707 is not needed)', () => {
  it('gets a token for the resource whose scopes it asked', async () => {
    expect(audience(await walk([['scope', 'notes:read notes:write']]))).toBe(api);
    const { answer } = await walk([['scope', 'ledger:read']]);
    const { body } = await introspect(host, String(answer?.body.access_token));
    expect(body.aud).toBe(ledger);
  });

  it('gets invalid_target that names both when the scopes are of two resources', async () => {
    const { error, description } = await walk([['scope', 'notes:read ledger:read']]);
    expect(error).toBe('invalid_target');
    expect(description).toContain(`${api} and ${ledger}`);
  });

  it('gets the same when it asks no scope and is registered for those of two', async () => {
    expect((await walk([['scope', '']])).error).toBe('invalid_target');
  });

  it('keeps its resource over refreshes', async () => {
    const { answer } = await walk([['scope', 'notes:read']]);
    const again = await refresh(host, 'web', String(answer?.body.refresh_token));
    expect(audience({ answer: again })).toBe(api);
  });
});

describe('a client that sends one resource', () => {
  it('gets a token for it', async () => {
    const asked = [
      ['scope', 'notes:read'],
      ['resource', api],
    ] as const;
    expect(audience(await walk(asked))).toBe(api);
    expect(audience(await walk(asked, { resource: api }))).toBe(api);
  });

  it('gets all its scopes of that resource when it asks none', async () => {
    const { answer } = await walk([
      ['scope', ''],
      ['resource', api],
    ]);
    expect(String(answer?.body.scope).split(' ').sort()).toEqual(['notes:read', 'notes:write']);
  });

  it.each([
    ['invalid_target', 'that is not declared', 'https://other.test/'],
    ['invalid_target', 'with a slash more', `${api}/`],
    ['invalid_target', 'in another case', api.toUpperCase()],
    ['invalid_target', 'with a query', `${api}?x`],
    ['invalid_target', 'with a fragment', `${api}#x`],
    ['invalid_target', 'that is no URI', 'notes'],
    ['invalid_target', 'that is a property of every object', '__proto__'],
    ['invalid_scope', 'that does not own the scope', ledger],
  ])('gets %s for one %s', async (error, _what, resource) => {
    expect(
      (
        await walk([
          ['scope', 'notes:read'],
          ['resource', resource],
        ])
      ).error,
    ).toBe(error);
  });

  it.each([ledger, 'https://other.test', 'notes', `${api}/`])(
    'gets invalid_target for %s at the token endpoint, which spends neither code nor refresh token',
    async (resource) => {
      const { code, verifier } = await takeCode(host, 'web', { params: { resource: api } });
      const wrong = await redeem(host, 'web', code, verifier, { resource });
      expect([wrong.status, wrong.body.error]).toEqual([400, 'invalid_target']);
      const { status, body } = await redeem(host, 'web', code, verifier);
      expect(status).toBe(200);

      const token = String(body.refresh_token);
      const other = await refresh(host, 'web', token, { resource });
      expect([other.status, other.body.error]).toEqual([400, 'invalid_target']);
      expect((await refresh(host, 'web', token)).status).toBe(200);
    },
  );
});

describe('a client that sends two resources', () => {
  const both = [
    ['scope', 'notes:read notes:write ledger:read'],
    ['resource', api],
    ['resource', ledger],
  ] as const;

  it('chooses one of them at the token endpoint', async () => {
    const notes = await walk(both, { resource: api });
    expect(audience(notes)).toBe(api);
    expect(String(notes.answer?.body.scope).split(' ').sort()).toEqual([
      'notes:read',
      'notes:write',
    ]);
    expect(
      (await openApi(host, '/api/notes', String(notes.answer?.body.access_token))).status,
    ).toBe(200);

    const books = await walk(both, { resource: ledger });
    expect(books.answer?.body.scope).toBe('ledger:read');
    const token = String(books.answer?.body.access_token);
    expect((await openApi(host, '/api/ledger', token)).status).toBe(200);
    expect((await openApi(host, '/api/notes', token)).status).toBe(401);
  });

  it('chooses another at each refresh, with one refresh token after the other', async () => {
    const { answer } = await walk(both, { resource: api });
    const books = await refresh(host, 'web', String(answer?.body.refresh_token), {
      resource: ledger,
    });
    expect([books.status, books.body.scope]).toEqual([200, 'ledger:read']);
    const notes = await refresh(host, 'web', String(books.body.refresh_token), { resource: api });
    expect(audience({ answer: notes })).toBe(api);
    const narrow = await refresh(host, 'web', String(notes.body.refresh_token), {
      scope: 'ledger:read',
    });
    expect([narrow.status, narrow.body.scope]).toEqual([200, 'ledger:read']);
  });

  it('gets invalid_target when it chooses none, or both', async () => {
    const none = await walk(both);
    expect([none.answer?.status, none.answer?.body.error]).toEqual([400, 'invalid_target']);

    const { answer } = await walk(both, { resource: api });
    const form = [
      ['grant_type', 'refresh_token'],
      ['refresh_token', String(answer?.body.refresh_token)],
      ['resource', api],
      ['resource', ledger],
    ];
    const headers = { authorization: basic('web', webSecret) };
    const { status, body } = await send(host, '/token', form, headers);
    expect([status, body.error]).toEqual([400, 'invalid_target']);
  });

  it('gets invalid_scope for a scope of none of them', async () => {
    const asked = [
      ['scope', 'ledger:read'],
      ['resource', api],
      ['resource', api],
    ] as const;
    expect((await walk(asked)).error).toBe('invalid_scope');
  });
});
