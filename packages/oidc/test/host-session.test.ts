import { consentScreen } from '@gatehouse/consent';
import { hostLogin } from '@gatehouse/core';
import { openidConnect } from '@gatehouse/oidc';
import { decodeJwt } from 'jose';
import { browserAgent, pkce } from '../../core/test/browser-agent.js';
import { type Person, startHost, type TestHost } from '../../core/test/host.js';
import { answerOf, start } from '../../core/test/interaction-page.js';
import { authorizationUrl, codeOf, redeem } from '../../core/test/oauth-client.js';
import { clients } from './provider.js';

let host: TestHost;
let user: Person | undefined;
const loggedInAt = Date.now() / 1000 - 100.5;

beforeAll(async () => {
  const people = new Map<string, Person>(
    ['ada', 'bob'].map((id) => [id, { id, name: id, password: '', active: true }]),
  );
  host = await startHost({
    clients: clients.map((client) => ({ ...client, scope: 'openid notes:read ledger:read' })),
    accounts: {
      find: async (id: string) => people.get(id),
      id: (person) => person.id,
      fromRequest: () => user && { account: user, authTime: loggedInAt },
    },
    plugins: [hostLogin({ url: '/login' }), consentScreen(), openidConnect<Person>()],
  });
  user = people.get('ada');
});
afterAll(() => host.close());

describe('the host’s own session', () => {
  it('meets prompt=none, and auth_time is a whole number [core-2-auth-time, core-2-amr, core-3.1.2.1-prompt-none-success]', async () => {
    const { verifier, challenge } = pkce();
    const params = { scope: 'openid', prompt: 'none' };
    const url = authorizationUrl(host, 'web', challenge, params);
    const back = await browserAgent(host.origin).get(url);
    const { body } = await redeem(host, 'web', codeOf(back), verifier);
    const claims = decodeJwt(String(body.id_token));
    expect(claims).toMatchObject({ sub: 'ada', auth_time: Math.floor(loggedInAt) });
    expect(claims).not.toHaveProperty('amr');
  });

  it('of another person than the hint leads to the host’s login page to switch (Core §3.1.2.1)', async () => {
    const { verifier, challenge } = pkce();
    const agent = browserAgent(host.origin);
    const url = authorizationUrl(host, 'web', challenge, { scope: 'openid' });
    const { body } = await redeem(host, 'web', codeOf(await agent.get(url)), verifier);
    const ada = user;
    user = { id: 'bob', name: 'bob', password: '', active: true };
    const params = { scope: 'openid', id_token_hint: String(body.id_token) };
    const silent = await start(host, browserAgent(host.origin), 'web', {
      ...params,
      prompt: 'none',
    });
    expect(answerOf(silent)).toMatchObject({ error: 'login_required' });
    const other = browserAgent(host.origin);
    const first = await other.get(authorizationUrl(host, 'web', challenge, params));
    const page = await other.get(first.location ?? '');
    expect(page.location).toContain('/login?');
    expect(page.location).toContain('reason=switch_account');
    user = ada;
  });
});
