import { definePlugin, type JwtRequest, type KeyView, type Plugin } from '@gatehouse/core';
import {
  createLocalJWKSet,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  type JWK,
  jwtVerify,
} from 'jose';
import { startHost, type TestHost } from '../host.js';
import { introspect, openApi, until } from '../machine-client.js';
import { logIn } from '../oauth-client.js';
import { testStore } from '../test-store.js';
import { goHome, travel } from '../travel.js';

const open: TestHost[] = [];
async function start(options: Parameters<typeof startHost>[0] = {}): Promise<TestHost> {
  const host = await startHost(options);
  open.push(host);
  return host;
}
afterEach(async () => {
  goHome();
  for (const host of open.splice(0)) await host.close();
});

interface Published {
  readonly keys: readonly JWK[];
  readonly headers: Headers;
}

async function published(host: TestHost, headers: Record<string, string> = {}): Promise<Published> {
  const response = await fetch(`${host.origin}${host.mount}/jwks`, { headers });
  const { keys = [] } = response.status === 200 ? ((await response.json()) as Published) : {};
  return { keys, headers: response.headers };
}

const kidOf = (token: string): string => decodeProtectedHeader(token).kid ?? '';
const inState = (keys: readonly KeyView[], state: KeyView['state']): string[] =>
  keys.filter((key) => key.state === state).map(({ kid }) => kid);

async function expectGood(host: TestHost, token: string): Promise<void> {
  const { keys } = await published(host);
  await jwtVerify(token, createLocalJWKSet({ keys: [...keys] }));
  expect((await openApi(host, '/api/notes', token)).status).toBe(200);
  expect((await introspect(host, token)).body.active).toBe(true);
}

async function expectVoid(host: TestHost, token: string): Promise<void> {
  expect((await published(host)).keys.map(({ kid }) => kid)).not.toContain(kidOf(token));
  expect((await openApi(host, '/api/notes', token)).status).toBe(401);
  expect((await introspect(host, token)).body).toEqual({ active: false });
}

describe('the published keys', () => {
  it('hold the next one before it signs, and no private member', async () => {
    const host = await start();
    const { keys } = await published(host);
    const listed = await host.auth.keys.list();
    expect(keys.map(({ kid }) => kid)).toEqual([
      ...inState(listed, 'active'),
      ...inState(listed, 'next'),
    ]);
    for (const key of keys) {
      expect(Object.keys(key).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
    }
  });

  it('have a strong ETag that changes with them, and are cached for half of the time before use', async () => {
    const host = await start();
    const { headers } = await published(host);
    const etag = headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[\w-]+"$/);
    expect(headers.get('cache-control')).toBe('public, max-age=300');
    const url = `${host.origin}${host.mount}/jwks`;
    const ask = (): Promise<Response> => fetch(url, { headers: { 'if-none-match': etag } });
    expect((await ask()).status).toBe(304);
    await host.auth.keys.rotate({ revoke: true });
    expect((await ask()).status).toBe(200);
    const quick = await start({ keys: { rotateSeconds: 60 } });
    expect((await published(quick)).headers.get('cache-control')).toBe('public, max-age=30');
  });
});

describe('auth.keys', () => {
  it('shows kid, algorithm, state and times, and nothing private', async () => {
    const host = await start();
    const now = Math.floor(Date.now() / 1000);
    const [active, next] = await host.auth.keys.list();
    for (const key of [active, next]) {
      expect(Object.keys(key ?? {}).sort()).toEqual(['alg', 'kid', 'since', 'state', 'until']);
      expect(Math.abs((key?.since ?? 0) - now)).toBeLessThan(60);
    }
    expect((active?.until ?? 0) - (active?.since ?? 0)).toBeCloseTo(90 * 86_400, -1);
    expect((next?.until ?? 0) - (next?.since ?? 0)).toBeCloseTo(600, -1);
  });

  it('rotates without losing a token, and removes the old key once its tokens are dead', async () => {
    const host = await start();
    const events: string[] = [];
    for (const name of ['keys.rotated', 'keys.removed', 'keys.revoked'] as const) {
      host.auth.on(name, ({ kid, alg }) => void events.push(`${name} ${alg} ${kid}`));
    }
    const { access_token: old } = await logIn(host, 'web');
    const [next] = inState(await host.auth.keys.list(), 'next');
    travel(590);
    // Too early: it waits, and then needs nobody.
    await host.auth.keys.rotate();
    const { access_token: same } = await logIn(host, 'web');
    expect(kidOf(same)).toBe(kidOf(old));
    travel(15);
    await until(
      () => host.auth.keys.list(),
      (keys) => inState(keys, 'active')[0] === next,
      5000,
    );
    const { access_token: fresh } = await logIn(host, 'web');
    expect(kidOf(fresh)).toBe(next);
    for (const token of [same, fresh]) await expectGood(host, token);
    travel(600 + 300 + 5);
    const { access_token: last } = await logIn(host, 'web');
    await until(
      () => host.auth.keys.list(),
      (keys) => keys.length === 2,
      5000,
    );
    expect((await published(host)).keys.map(({ kid }) => kid)).not.toContain(kidOf(old));
    await expectGood(host, last);
    expect(events).toEqual([`keys.rotated ES256 ${next}`, `keys.removed ES256 ${kidOf(old)}`]);
  });

  it('drops a leaked key at once: what it signed is void, and logins go on', async () => {
    const host = await start();
    const stolen = await logIn(host, 'web');
    await expectGood(host, stolen.access_token);
    const before = (await host.auth.keys.list()).map(({ kid }) => kid);
    const after = await host.auth.keys.rotate({ revoke: true });
    expect(after.map(({ state }) => state)).toEqual(['active', 'next']);
    expect(after.filter(({ kid }) => before.includes(kid))).toEqual([]);
    await expectVoid(host, stolen.access_token);
    await expectGood(host, (await logIn(host, 'web')).access_token);
  });

  it('rotates on every node of a store, in two seconds', async () => {
    const store = testStore();
    const publicOrigin = 'https://id.test';
    const one = await start({ store, publicOrigin });
    const two = await start({ store, publicOrigin });
    await one.auth.keys.rotate({ revoke: true });
    const own = JSON.stringify((await published(one)).keys);
    const keys = await until(
      async () => JSON.stringify((await published(two)).keys),
      (text) => text === own,
      2000,
    );
    expect(keys).toBe(own);
  });
});

describe('a plugin', () => {
  const signing = (given: { sign?: (request: JwtRequest) => Promise<string> }): Plugin =>
    definePlugin({
      name: 'signs',
      setup(slots, runtime) {
        slots.signature({ alg: 'RS256', lifetimeSeconds: 3600 });
        given.sign = runtime.signJwt;
      },
    });

  it('gets keys for the algorithms that it asks for, which rotate with the others', async () => {
    const given: { sign?: (request: JwtRequest) => Promise<string> } = {};
    const host = await start({ plugins: [signing(given)], clients: [] });
    const request = { alg: 'RS256', typ: 'logout+jwt', claims: { sub: 'ada', exp: 9e9 } } as const;
    const { keys } = await published(host);
    expect(keys.map(({ alg }) => alg).sort()).toEqual(['ES256', 'ES256', 'RS256', 'RS256']);
    const token = (await given.sign?.(request)) ?? '';
    const verified = await jwtVerify(token, createLocalJWKSet({ keys: [...keys] }), {
      typ: 'logout+jwt',
    });
    expect(verified.payload).toEqual(request.claims);
    await host.auth.keys.rotate({ revoke: true });
    expect(kidOf((await given.sign?.(request)) ?? '')).not.toBe(kidOf(token));
    await expect(given.sign?.({ ...request, alg: 'EdDSA' })).rejects.toThrow('no key for EdDSA');
  });

  it('is told at start that the host brings no key for its algorithm', async () => {
    const { privateKey } = await generateKeyPair('ES256', { extractable: true });
    const keys = { jwks: { keys: [{ ...(await exportJWK(privateKey)), kty: 'EC' }] } };
    await expect(start({ keys, plugins: [signing({})], clients: [] })).rejects.toMatchObject({
      code: 'ERR_OPTIONS_INVALID',
      problems: [
        {
          path: 'keys.jwks.keys',
          message: 'has no key for RS256, which "signs" signs with. Add one.',
        },
      ],
    });
  });
});
