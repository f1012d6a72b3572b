import { decodeJwt } from 'jose';
import {
  browserAgent,
  type BrowserAgent,
  pkce,
} from '../../../packages/core/test/browser-agent.js';
import { startHost } from '../../../packages/core/test/host.js';
import { answerOf, start } from '../../../packages/core/test/interaction-page.js';
import { logIn, refresh } from '../../../packages/core/test/oauth-client.js';
import { startSessionHost } from '../../../packages/core/test/session-host.js';
import { type Listening, listen } from './listen.js';
import { createApp, createSessionDesk } from './sessions.js';

const publicOrigin = 'https://acme.example';
const issuer = `${publicOrigin}/auth`;
const secret = 'Hq3Vx8Lm1Zt6Rk9Bn4Wc7Ys2Df5Gp0Ju';
const bye = 'https://app.acme.example/bye';
const redirect_uri = 'https://app.acme.example/callback';

describe('an app whose own session is the login', () => {
  let app: Listening;
  beforeAll(async () => {
    app = await listen(await createApp(issuer, secret));
  });
  afterAll(() => app.close());

  /** A browser that is logged in at the app, with the ID token that a client got by that. */
  async function signedIn(): Promise<{ agent: BrowserAgent; hint: string }> {
    const agent = browserAgent(app.origin, publicOrigin);
    await agent.post(`${publicOrigin}/login`, {});
    const { verifier, challenge } = pkce();
    const { location = '' } = await agent.get(authorizeUrl(challenge));
    const response = await fetch(`${app.origin}/auth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`web:${secret}`).toString('base64')}` },
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code: new URL(location).searchParams.get('code') ?? '',
        redirect_uri,
        code_verifier: verifier,
      }),
    });
    const { id_token = '' } = (await response.json()) as { id_token?: string };
    expect(decodeJwt(id_token).sub).toBe('ada');
    return { agent, hint: id_token };
  }

  function authorizeUrl(challenge: string): string {
    const query = new URLSearchParams({
      ...{ client_id: 'web', response_type: 'code', scope: 'openid', prompt: 'none' },
      ...{ redirect_uri, code_challenge: challenge, code_challenge_method: 'S256' },
    });
    return `${issuer}/authorize?${query}`;
  }

  async function isSignedIn(agent: BrowserAgent): Promise<boolean> {
    const { location = '' } = await agent.get(authorizeUrl(pkce().challenge));
    return new URL(location).searchParams.has('code');
  }

  it('logs out here with its own logout', async () => {
    const { agent } = await signedIn();
    expect(await isSignedIn(agent)).toBe(true);
    await agent.post(`${publicOrigin}/logout`, {});
    expect(await isSignedIn(agent)).toBe(false);
    expect([...agent.cookies.keys()].filter((key) => key.includes('gatehouse'))).toEqual([]);
  });

  it('is logged out with a logout at a client', async () => {
    const { agent, hint } = await signedIn();
    const query = new URLSearchParams({ id_token_hint: hint, post_logout_redirect_uri: bye });
    expect((await agent.get(`${issuer}/logout?${query}`)).location).toBe(bye);
    expect(await isSignedIn(agent)).toBe(false);
  });
});

describe('the desk of sessions', () => {
  it('lists, ends one, and ends all', async () => {
    const host = await startHost();
    try {
      const desk = createSessionDesk(host.auth);
      const [one, two] = [await logIn(host, 'web'), await logIn(host, 'spa')];
      const devices = await desk.devicesOf('ada');
      expect(devices.map(({ apps }) => apps).sort()).toEqual([['spa'], ['web']]);
      const web = devices.find(({ apps }) => apps.includes('web'));
      await desk.signOutDevice(web?.sessionId ?? '');
      expect((await refresh(host, 'web', one.refresh_token)).status).toBe(400);
      const user = { id: 'ada', loggedOutAt: 0 };
      await desk.passwordChanged(user);
      expect(user.loggedOutAt).toBeGreaterThan(0);
      expect((await refresh(host, 'spa', two.refresh_token)).status).toBe(400);
      expect(await desk.devicesOf('ada')).toEqual([]);
    } finally {
      await host.close();
    }
  });

  it('ends logins of the app that are of the same second', async () => {
    const host = await startSessionHost();
    try {
      const agent = browserAgent(host.origin);
      await agent.post(`${host.origin}/login`, { who: 'ada' });
      await logIn(host, 'web', { agent });
      const user = { id: 'ada', loggedOutAt: 0 };
      await createSessionDesk(host.auth).passwordChanged(user);
      Object.assign(host.people.get('ada') ?? {}, { validFrom: user.loggedOutAt });
      const back = await start(host, agent, 'web', { prompt: 'none' });
      expect(answerOf(back).error).toBe('login_required');
    } finally {
      await host.close();
    }
  });
});
