import {
  browserAgent,
  type BrowserAgent,
  pkce,
} from '../../../packages/core/test/browser-agent.js';
import { createApp } from './existing-session.js';
import { type Listening, listen } from './listen.js';

const publicOrigin = 'https://acme.example';
const issuer = `${publicOrigin}/auth`;
const ada = { email: 'ada@acme.example', password: 'correct horse' };

let app: Listening;
beforeAll(async () => {
  app = await listen(await createApp(issuer, 'Kx7Qm2Wp9Rt4Yb6Nz3Vc8Lf1Hs5Gd0Ja'));
});
afterAll(() => app.close());

const agentOf = (): BrowserAgent => browserAgent(app.origin, publicOrigin);

function authorizeUrl(params: Record<string, string> = {}): string {
  const query = new URLSearchParams({
    ...{ client_id: 'web', response_type: 'code', scope: 'notes:read', state: 's1' },
    ...{ code_challenge: pkce().challenge, code_challenge_method: 'S256', ...params },
  });
  return `${issuer}/authorize?${query}`;
}

const answerOf = (location: string | undefined): URLSearchParams =>
  new URL(location ?? 'none:').searchParams;

/** Follows a request to the login page of the app. */
async function loginPage(agent: BrowserAgent, url: string): Promise<Record<string, string>> {
  const { text } = await agent.follow(url);
  return JSON.parse(text) as Record<string, string>;
}

describe('an app whose own session is the login', () => {
  it('sends people to its login page, and from there back to the client', async () => {
    const agent = agentOf();
    const { returnTo = '', reason } = await loginPage(agent, authorizeUrl());
    expect(reason).toBe('none');
    const { location = '' } = await agent.post(`${publicOrigin}/login`, { ...ada, returnTo });
    expect(location).toBe(returnTo);
    expect(answerOf((await agent.follow(location)).location).has('code')).toBe(true);
  });

  it('answers prompt=none by the session of the app, and no longer after its logout', async () => {
    const agent = agentOf();
    await agent.post(`${publicOrigin}/login`, ada);
    const url = authorizeUrl({ prompt: 'none' });
    expect(answerOf((await agent.get(url)).location).has('code')).toBe(true);
    await agent.post(`${publicOrigin}/logout`, {});
    expect(answerOf((await agent.get(url)).location).get('error')).toBe('login_required');
  });

  it('asks for the password again when the client wants a fresh login', async () => {
    const agent = agentOf();
    await agent.post(`${publicOrigin}/login`, ada);
    const page = await loginPage(agent, authorizeUrl({ prompt: 'login' }));
    expect(page.reason).toBe('reauthenticate');
  });

  it('sends nobody to an address that is not its own', async () => {
    const { returnTo: ours = '' } = await loginPage(agentOf(), authorizeUrl());
    for (const returnTo of [
      ours.replace('acme.example', 'evil.example'),
      ours.slice(0, -1),
      'https://evil.example/',
      `${issuer}.evil.example/interaction/x`,
      '//evil.example',
    ]) {
      const { location } = await agentOf().post(`${publicOrigin}/login`, { ...ada, returnTo });
      expect(location).toBe(`${publicOrigin}/`);
    }
  });
});
