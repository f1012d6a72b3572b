import type { ClientOptions } from '@gatehouse/core';
import { type BrowserAgent, browserAgent } from '../browser-agent.js';
import { allow, ask, both, isAsked, tokensOf } from '../consent-flow.js';
import { clients, startHost, type TestHost } from '../host.js';
import { ada, answerOf, headingOf, press, start } from '../interaction-page.js';

const tool: ClientOptions = {
  client_id: 'tool',
  client_name: 'A Tool',
  token_endpoint_auth_method: 'none',
  redirect_uris: ['http://127.0.0.1/cb'],
  scope: 'notes:read notes:write',
};

let host: TestHost;
beforeEach(async () => {
  host = await startHost({ clients: [...clients, tool] });
});
afterEach(() => host.close());

const browser = (): BrowserAgent => browserAgent(host.origin);

describe('a redirect that any program on the device can claim (RFC 8252 §8.6)', () => {
  const pressed = { decision: 'continue' };

  it.each(['http://127.0.0.1:51234/cb', 'com.acme.notes:/cb'])(
    'to %s takes one press each time, of a first-party client too',
    async (redirect_uri) => {
      const agent = browser();
      for (let times = 0; times < 3; times += 1) {
        const page = await ask(host, agent, 'cli', { redirect_uri });
        expect(page.location).toBeUndefined();
        expect(headingOf(page)).toBe('Continue to Notes CLI?');
        const back = await agent.submit(page, pressed);
        expect(back.location?.startsWith(`${redirect_uri}?`)).toBe(true);
        await tokensOf(host, back, 'cli', page.verifier, { redirect_uri });
      }
    },
  );

  it('can be refused', async () => {
    const agent = browser();
    const back = await agent.submit(await ask(host, agent, 'cli'), { decision: 'deny' });
    expect(answerOf(back)).toMatchObject({ error: 'access_denied' });
  });

  it('asks a client of others for its scopes once, and then for the press alone', async () => {
    const agent = browser();
    const params = { redirect_uri: 'http://127.0.0.1:51234/cb', ...both };
    const first = await ask(host, agent, 'tool', params);
    expect(isAsked(first)).toBe(true);
    const sent = await press(agent, first, { ...allow, 'scope:notes:read': 'on' });
    const tokens = await tokensOf(
      host,
      await agent.follow(sent.location ?? ''),
      'tool',
      first.verifier,
      {
        redirect_uri: params.redirect_uri,
      },
    );
    expect(tokens.scope).toBe('notes:read');
    // The press is for the way back. It turns no earlier no into a yes, whatever the form says.
    const second = await ask(host, agent, 'tool', params);
    expect(headingOf(second)).toBe('Continue to A Tool?');
    const back = await agent.submit(second, { ...pressed, 'scope:notes:write': 'on' });
    const again = await tokensOf(host, back, 'tool', second.verifier, {
      redirect_uri: params.redirect_uri,
    });
    expect(again.scope).toBe('notes:read');
  });

  it('is not asked of a confidential client: it proves itself at the token endpoint', async () => {
    const confidential = await startHost({
      clients: [
        {
          client_id: 'desktop',
          client_secret: 'desktop-secret-0123456789-abcdefghijkl',
          redirect_uris: ['http://127.0.0.1/cb'],
          scope: 'notes:read',
          firstParty: true,
          application_type: 'native',
        },
      ],
    });
    try {
      const agent = browserAgent(confidential.origin);
      const page = await start(confidential, agent, 'desktop', {
        redirect_uri: 'http://127.0.0.1:1/cb',
      });
      expect(answerOf(await agent.submit(page, ada))).toHaveProperty('code');
    } finally {
      await confidential.close();
    }
  });
});
