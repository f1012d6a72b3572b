import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { TestHost } from '../../../core/test/host.js';
import { headingOf } from '../../../core/test/interaction-page.js';
import { until } from '../../../core/test/machine-client.js';
import { startProvider } from '../provider.js';
import { mounts, type RelyingParty, secret, visitor } from './relying-party.js';

/** What the app's own route says. */
interface Said {
  readonly user: Readonly<Record<string, unknown>>;
  readonly info: Readonly<Record<string, unknown>>;
  readonly refreshToken: string;
}

/** The app, before it knows its provider. */
interface Party extends Omit<RelyingParty, 'app'> {
  configure(issuerBaseURL: string): Promise<void>;
}

async function startParty(): Promise<Party> {
  const { NODE_OPTIONS: _own, ...env } = process.env;
  const script = fileURLToPath(new URL('./express-party.mjs', import.meta.url));
  const execArgv = ['--disable-warning=ExperimentalWarning'];
  const child: ChildProcess = fork(script, { env, execArgv });
  const [{ origin }] = (await once(child, 'message')) as [{ origin: string }];
  return {
    origin,
    async configure(issuerBaseURL) {
      const ready = once(child, 'message');
      child.send({ issuerBaseURL, baseURL: origin, clientID: 'express', clientSecret: secret });
      await ready;
    },
    async close() {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}

describe.each(mounts)('express-openid-connect, of a provider at "%s"', (mount) => {
  let host: TestHost;
  let party: Party;
  beforeAll(async () => {
    party = await startParty();
    host = await startProvider({
      mount,
      outbound: { allowLoopback: true },
      clients: [
        {
          client_id: 'express',
          client_secret: secret,
          redirect_uris: [`${party.origin}/callback`],
          post_logout_redirect_uris: [`${party.origin}/bye`],
          backchannel_logout_uri: `${party.origin}/backchannel-logout`,
          scope: 'openid profile email',
          firstParty: true,
        },
      ],
    });
    await party.configure(host.issuer);
  });
  afterAll(async () => {
    await party.close();
    await host.close();
  });

  const told = { sub: 'ada', name: 'Ada', email: 'ada@people.test', email_verified: true };

  it('logs in where a route asks for it, refreshes, calls userinfo and logs out', async () => {
    const browser = visitor(host, party);
    const said = async (path: string): Promise<Said> =>
      JSON.parse((await browser.visit(`${party.origin}${path}`)).text) as Said;
    const first = await said('/me');
    expect(first.user).toMatchObject({ sub: 'ada', email_verified: true });
    expect(first.info).toMatchObject(told);

    const second = await said('/refresh');
    expect(second.info).toMatchObject(told);
    expect(second.refreshToken).not.toBe(first.refreshToken);
    expect((await said('/me')).refreshToken).toBe(second.refreshToken);

    expect(await said('/logout')).toEqual({ signedIn: false });
    expect(browser.trail.slice(-2)).toEqual([`${host.issuer}/logout`, `${party.origin}/bye`]);
    browser.trail.length = 0;
    await said('/me');
    expect(browser.trail.filter((url) => url.includes('/interaction/'))).not.toEqual([]);
  });

  it('ends its session when the person logs out at the provider', async () => {
    const browser = visitor(host, party);
    await browser.visit(`${party.origin}/me`);
    const isSignedIn = async (): Promise<boolean> =>
      (JSON.parse((await browser.visit(`${party.origin}/bye`)).text) as { signedIn: boolean })
        .signedIn;
    expect(await isSignedIn()).toBe(true);
    const page = await browser.visit(`${host.issuer}/logout`);
    const done = await browser.press(page, { logout: 'yes' });
    expect(headingOf(done)).toBe('You are signed out');
    expect(await until(isSignedIn, (signedIn) => !signedIn, 5000)).toBe(false);
  });
});
