import type { ClientOptions } from '@gatehouse/core';
import { browserAgent } from '../../core/test/browser-agent.js';
import type { TestHost } from '../../core/test/host.js';
import { ada, answerOf, start } from '../../core/test/interaction-page.js';
import { call, codeOf } from '../../core/test/oauth-client.js';
import { clients, startProvider } from './provider.js';

/** The clients, with `web` held to less. */
const loosened = (more: Partial<ClientOptions>): readonly ClientOptions[] =>
  clients.map((client) => (client.client_id === 'web' ? { ...client, ...more } : client));

const without = { code_challenge: '', code_challenge_method: '' };

describe('a confidential client with pkce: false (OAuth 2.1 §7.5.1)', () => {
  let host: TestHost;
  beforeAll(async () => {
    host = await startProvider({ clients: loosened({ pkce: false }) });
  });
  afterAll(() => host.close());

  it('may leave PKCE out with a nonce, and is logged at the start', async () => {
    const agent = browserAgent(host.origin);
    const page = await start(host, agent, 'web', { ...without, scope: 'openid', nonce: 'n' });
    const back = await agent.submit(page, ada);
    const { status } = await call(host, '/token', 'web', {
      grant_type: 'authorization_code',
      code: codeOf(back),
      redirect_uri: 'https://web.test/cb',
    });
    expect(status).toBe(200);
    const warnings = host.log.filter(({ level }) => level === 'warn');
    expect(warnings.map(({ message }) => message)).toContain(
      'a client may leave PKCE out of OpenID requests, and must send a nonce',
    );
  });

  it.each([
    ['without a nonce', { scope: 'openid' }],

    ['without the openid scope', { scope: 'notes:read', nonce: 'n' }],
  ])('may not %s', async (_, params) => {
    const back = await start(host, browserAgent(host.origin), 'web', { ...without, ...params });
    expect(answerOf(back)).toMatchObject({ error: 'invalid_request', state: 'the-state' });
  });

  it('loosens nothing for another client', async () => {
    const params = { ...without, scope: 'openid', nonce: 'n' };
    const back = await start(host, browserAgent(host.origin), 'partner', params);
    expect(answerOf(back)).toMatchObject({ error: 'invalid_request' });
  });

  it('takes a verifier only with a challenge (RFC 9700 §4.8.2)', async () => {
    const agent = browserAgent(host.origin);
    const page = await start(host, agent, 'web', { ...without, scope: 'openid', nonce: 'n' });
    const code = codeOf(await agent.submit(page, ada));
    const { status, body } = await call(host, '/token', 'web', {
      grant_type: 'authorization_code',
      code,
      redirect_uri: 'https://web.test/cb',
      code_verifier: 'v'.repeat(43),
    });
    expect([status, body.error]).toEqual([400, 'invalid_grant']);
  });

  it('is for the options alone', async () => {
    const made = host.auth.clients.create({
      redirect_uris: ['https://web.test/cb'],
      firstParty: true,
      pkce: false,
    });
    await expect(made).rejects.toThrow('client.pkce: is for clients of the options alone');
  });
});

describe('dangerouslyOmitNonce', () => {
  it('lets the client leave the nonce out too', async () => {
    const host = await startProvider({
      clients: loosened({ pkce: false, dangerouslyOmitNonce: true }),
    });
    const agent = browserAgent(host.origin);
    const page = await start(host, agent, 'web', { ...without, scope: 'openid' });
    expect(answerOf(await agent.submit(page, ada))).toHaveProperty('code');
    const plain = await start(host, agent, 'web', { ...without, scope: 'notes:read' });
    expect(answerOf(plain)).toMatchObject({ error: 'invalid_request' });
    await host.close();
  });

  it('is refused without pkce: false, and for a public client', async () => {
    const alone = startProvider({ clients: loosened({ dangerouslyOmitNonce: true }) });
    await expect(alone).rejects.toThrow('clients[0].dangerouslyOmitNonce: is for a client without');
    const open: readonly ClientOptions[] = clients.map((client) =>
      client.client_id === 'spa' ? { ...client, pkce: false } : client,
    );
    await expect(startProvider({ clients: open })).rejects.toThrow('.pkce: must not be false');
  });

  it('is refused by production unless it is waived by name', async () => {
    const { NODE_ENV } = process.env;
    process.env.NODE_ENV = 'production';
    try {
      const started = startProvider({
        clients: loosened({ pkce: false, dangerouslyOmitNonce: true }),
        waivers: ['http-issuer', 'memory-store', 'throw-away-keys'],
      });
      await expect(started).rejects.toThrow('unless "no-nonce" is in waivers');
    } finally {
      process.env.NODE_ENV = NODE_ENV;
    }
  });
});
