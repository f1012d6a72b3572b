import type { ClientOptions } from '@gatehouse/core';
import { startHost, type TestHost } from '../host.js';
import { basic, send } from '../machine-client.js';
import type { Answer } from '../oauth-client.js';

const secret = 'a-secret-with-odd-characters:%+/=&"~-0123456789';
const odd = 'client one:%+/&';
const machine = { grant_types: ['client_credentials'], scope: 'notes:read' } as const;
const clients: ClientOptions[] = [
  { client_id: 'basic', client_secret: secret, ...machine },
  { client_id: odd, client_secret: secret, ...machine },
  {
    client_id: 'post',
    client_secret: secret,
    token_endpoint_auth_method: 'client_secret_post',
    ...machine,
  },
  {
    client_id: 'public',
    token_endpoint_auth_method: 'none',
    redirect_uris: ['https://spa.test/cb'],
    firstParty: true,
  },
];

const hosts: TestHost[] = [];
/** A host of its own for each test, since failures are counted per address. */
async function start(): Promise<TestHost> {
  const host = await startHost({ clients, after: (app) => void app.set('trust proxy', true) });
  hosts.push(host);
  return host;
}
let host: TestHost;
beforeEach(async () => {
  host = await start();
});
afterAll(() => Promise.all(hosts.map((one) => one.close())));

function ask(
  fields: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return send(host, '/token', { grant_type: 'client_credentials', ...fields }, headers);
}

function expectInvalidClient({ status, headers, body }: Answer, header: boolean): void {
  expect([status, body.error]).toEqual([401, 'invalid_client']);
  expect(headers.get('cache-control')).toBe('no-store');
  // RFC 6749 §5.2: only to a client that used the header.
  if (header) expect(headers.get('www-authenticate')).toMatch(/^Basic realm="/);
  else expect(headers.get('www-authenticate')).toBeNull();
}

describe('client authentication by a secret', () => {
  it.each([
    ['client_secret_basic', 'basic'],
    ['client_secret_basic, percent-encoded', odd],
  ])('accepts %s [core-9-basic]', async (_method, id) => {
    expect((await ask({}, { authorization: basic(id, secret) })).status).toBe(200);
    expect((await ask({ client_id: id }, { authorization: basic(id, secret) })).status).toBe(200);
  });

  it('accepts a secret in the body, whichever of the two methods is registered [core-9-post]', async () => {
    expect((await ask({ client_id: 'post', client_secret: secret })).status).toBe(200);
    expect((await ask({ client_id: 'basic', client_secret: secret })).status).toBe(200);
    expect((await ask({}, { authorization: basic('post', secret) })).status).toBe(200);
  });

  it('answers invalid_client for a wrong secret and for an unknown client, and tells them apart for nobody', async () => {
    const wrong = await ask({}, { authorization: basic('basic', 'wrong') });
    const unknown = await ask({}, { authorization: basic('nobody', secret) });
    expectInvalidClient(wrong, true);
    expectInvalidClient(unknown, true);
    expect(unknown.body).toEqual(wrong.body);
    const names = (answer: Answer): string[] => [...answer.headers.keys()].sort();
    expect(names(unknown)).toEqual(names(wrong));
    expect(unknown.headers.get('www-authenticate')).toBe(wrong.headers.get('www-authenticate'));
    expect(JSON.stringify(host.log)).not.toContain(secret);

    const client_secret = 'wrong';
    for (const fields of [{ client_secret }, {}]) {
      const known = await ask({ client_id: 'post', ...fields });
      expectInvalidClient(known, false);
      expect((await ask({ client_id: 'nobody', ...fields })).body).toEqual(known.body);
    }
    expectInvalidClient(await ask({}), false);
  });

  it('never takes the hash of a secret, or what the engine has in its place, for the secret', async () => {
    const { createHash } = await import('node:crypto');
    const hash = createHash('sha256').update(secret).digest('base64url');
    for (const guess of [hash, 'kept elsewhere', 'undefined', '']) {
      const { status } = await ask({ client_id: 'basic', client_secret: guess });
      expect(status).toBe(401);
    }
  });

  it.each<[string, Record<string, string>, Record<string, string>]>([
    [
      'two mechanisms',
      { client_id: 'basic', client_secret: secret },
      { authorization: basic('basic', secret) },
    ],
    ['two client_ids', { client_id: 'post' }, { authorization: basic('basic', secret) }],
    [
      'a public client_id in the body and another in the header',
      { client_id: 'public' },
      { authorization: basic('basic', '') },
    ],
    ['another scheme', {}, { authorization: `Bearer ${secret.slice(0, 10)}` }],
    ['a header without a scheme', {}, { authorization: 'Basic' }],
    ['a header that is no base64', {}, { authorization: 'Basic ***' }],
    [
      'a header without a colon',
      {},
      { authorization: `Basic ${Buffer.from('basic').toString('base64')}` },
    ],
    [
      'a header with a broken escape',
      {},
      { authorization: `Basic ${Buffer.from('ba%zzsic:x').toString('base64')}` },
    ],
    [
      'a header with a NUL',
      {},
      { authorization: `Basic ${Buffer.from('basic:\0').toString('base64')}` },
    ],
  ])('refuses %s', async (_what, fields, headers) => {
    const { status, body } = await ask(fields, headers);
    expect(['invalid_request', 'invalid_client']).toContain(body.error);
    expect([400, 401]).toContain(status);
    expect(body).not.toHaveProperty('access_token');
  });

  it('takes a public client that sends its id in the header with an empty secret for what it is', async () => {
    const form = { grant_type: 'refresh_token', refresh_token: 'unknown' };
    const headers = { authorization: `Basic ${Buffer.from('public:').toString('base64')}` };
    expect((await send(host, '/token', form, headers)).body.error).toBe('invalid_grant');
    expect((await send(host, '/token', { ...form, client_id: 'public' }, headers)).body.error).toBe(
      'invalid_grant',
    );
  });

  it('answers invalid_client to a confidential client with an empty secret in the header, and says Basic', async () => {
    const headers = { authorization: `Basic ${Buffer.from('basic:').toString('base64')}` };
    const known = await ask({}, headers);
    expectInvalidClient(known, true);
    const other = { authorization: `Basic ${Buffer.from('nobody:').toString('base64')}` };
    expect((await ask({}, other)).body).toEqual(known.body);
  });

  it('answers invalid_client to a public client that presents a secret', async () => {
    const form = { grant_type: 'refresh_token', refresh_token: 'unknown' };
    const headers = { authorization: basic('public', secret) };
    expectInvalidClient(await send(host, '/token', form, headers), true);
    const posted = { ...form, client_id: 'public', client_secret: secret };
    expectInvalidClient(await send(host, '/token', posted), false);
  });

  it('never takes a credential from the query', async () => {
    const query = new URLSearchParams({ client_id: 'post', client_secret: secret });
    const form = { grant_type: 'client_credentials' };
    expect((await send(host, `/token?${query}`, form)).status).toBe(401);
  });
});

describe('failed client authentications', () => {
  const from = (address: string): Record<string, string> => ({ 'x-forwarded-for': address });
  const guess = (address: string, id = 'basic'): Promise<Answer> =>
    ask({}, { authorization: basic(id, 'wrong'), ...from(address) });
  const know = (address: string, id = 'basic'): Promise<Answer> =>
    ask({}, { authorization: basic(id, secret), ...from(address) });

  it('are limited per client and address, with 429 and Retry-After, and lock nobody else out', async () => {
    for (let tries = 0; tries < 10; tries += 1) expect((await guess('192.0.2.1')).status).toBe(401);
    const limited = await guess('192.0.2.1');
    expect([limited.status, limited.body.error]).toEqual([429, 'temporarily_unavailable']);
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(Number(limited.headers.get('retry-after'))).toBeLessThanOrEqual(60);
    expect(limited.headers.get('cache-control')).toBe('no-store');
    // The right secret from there too: else the answer would tell which guess was right.
    expect((await know('192.0.2.1')).status).toBe(429);
    expect((await know('192.0.2.1', 'post')).status).toBe(200);
    expect((await know('192.0.2.2')).status).toBe(200);
    expect(host.log).toContainEqual(
      expect.objectContaining({ level: 'warn', message: 'client.limited' }),
    );
  });

  it('are limited by network: a single customer has a /64 of IPv6 addresses at least', async () => {
    const at = (n: number, network = 1): string => `2001:db8:0:${network}::${n.toString(16)}`;
    for (let n = 1; n <= 10; n += 1) expect((await guess(at(n))).status).toBe(401);
    expect((await guess(at(0xffff))).status).toBe(429);
    expect((await know(at(1, 2))).status).toBe(200);
    // With those ten a hundred, each at another client.
    // One by one: at once, a guess that is being counted may be seen twice, and the hundredth is refused sooner.
    for (let n = 0; n < 90; n += 1) expect((await guess(at(n), `none-${n}`)).status).toBe(401);
    expect((await guess(at(0xfffe), 'another')).status).toBe(429);
    expect((await know(at(1, 2))).status).toBe(200);
  });

  it('of 50 at once no more than ten are looked at, and the others wait', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => guess('192.0.2.1')));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(10);
    const limited = answers.filter(({ status }) => status === 429);
    expect(limited).toHaveLength(40);
    for (const { body, headers } of limited) {
      expect(body.error).toBe('temporarily_unavailable');
      expect(headers.get('retry-after')).toMatch(/^([1-9]|[1-5]\d|60)$/);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('www-authenticate')).toBeNull();
    }
    const told = host.log.filter(({ message }) => message === 'client.limited');
    expect(told).toHaveLength(40);
    expect((await know('192.0.2.1')).status).toBe(429);
  });

  it('do not keep a busy client waiting that makes no mistake', async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, () => know('192.0.2.1')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });

  it('are limited for clients that do not exist too', async () => {
    for (let tries = 0; tries < 10; tries += 1) await guess('192.0.2.1', 'nobody');
    expect((await guess('192.0.2.1', 'nobody')).status).toBe(429);
  });

  it('are limited at introspection and revocation by the same count', async () => {
    const headers = { authorization: basic('basic', 'wrong') };
    for (let tries = 0; tries < 5; tries += 1) {
      expect((await send(host, '/introspect', { token: 'x' }, headers)).status).toBe(401);
      expect((await send(host, '/revoke', { token: 'x' }, headers)).status).toBe(401);
    }
    expect((await send(host, '/token', { grant_type: 'x' }, headers)).status).toBe(429);
    expect((await send(host, '/introspect', { token: 'x' }, headers)).status).toBe(429);
  });

  it('are limited per address over all clients', async () => {
    for (let tries = 0; tries < 100; tries += 1) await guess('192.0.2.1', `client-${tries}`);
    expect((await guess('192.0.2.1', 'one-more')).status).toBe(429);
    expect((await know('192.0.2.2')).status).toBe(200);
  });

  it('do not count what succeeds, nor what fails for another reason', async () => {
    for (let tries = 0; tries < 30; tries += 1) {
      expect((await know('192.0.2.1')).status).toBe(200);
      const headers = { authorization: basic('basic', secret), ...from('192.0.2.1') };
      expect((await ask({ scope: 'no-such-scope' }, headers)).status).toBe(400);
    }
  });
});
