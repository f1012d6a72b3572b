import { describeInBrowser } from '../../../../scripts/testing/browser.js';
import { pkce } from '../browser-agent.js';
import { type BrowserHost, logIn, startBrowserHost } from './browser-host.js';

let site: BrowserHost;
beforeAll(async () => {
  site = await startBrowserHost();
});
afterAll(() => site.close());

/** What `fetch` in a page gets; `blocked` when the browser kept it from the page. */
type Got = { readonly status: number; readonly body: Record<string, string> } | 'blocked';

describeInBrowser('an app in the browser, on another site', (newPage) => {
  it('discovers, redeems, refreshes and revokes by fetch; other sites read nothing', async () => {
    const page = await newPage();
    const { verifier, challenge } = pkce();
    await page.goto(site.url('spa', { code_challenge: challenge }));
    await logIn(page);
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.waitForURL(`${site.app.origin}/cb?**`);
    const code = new URL(page.url()).searchParams.get('code') ?? '';

    const send = (
      url: string,
      fields?: Record<string, string>,
      credentials = 'omit',
    ): Promise<Got> =>
      page.evaluate(
        async ({ to, body, mode }) => {
          try {
            const reply = await fetch(to, {
              credentials: mode as RequestCredentials,
              ...(body ? { method: 'POST', body: new URLSearchParams(body) } : {}),
            });
            const text = await reply.text();
            return { status: reply.status, body: text === '' ? {} : JSON.parse(text) };
          } catch {
            return 'blocked';
          }
        },
        { to: url, body: fields, mode: credentials },
      );
    const { issuer, origin, mount } = site.host;
    const metadata = await send(`${origin}/.well-known/oauth-authorization-server${mount}`);
    expect(metadata).toMatchObject({ status: 200, body: { issuer } });
    expect(await send(`${issuer}/jwks`)).toMatchObject({ status: 200 });

    const client_id = 'spa';
    const redirect_uri = `${site.app.origin}/cb`;
    const fields = {
      grant_type: 'authorization_code',
      client_id,
      code,
      redirect_uri,
      code_verifier: verifier,
    };
    // Credentials are never allowed, so a request with them is not readable.
    expect(await send(`${issuer}/token`, { ...fields, code: 'nonsense' }, 'include')).toBe(
      'blocked',
    );
    const tokens = await send(`${issuer}/token`, fields);
    expect(tokens).toMatchObject({
      status: 200,
      body: { scope: 'notes:read', token_type: 'Bearer' },
    });
    const { refresh_token = '' } = tokens === 'blocked' ? {} : tokens.body;
    const renewed = await send(`${issuer}/token`, {
      grant_type: 'refresh_token',
      client_id,
      refresh_token,
    });
    expect(renewed).toMatchObject({ status: 200 });
    const error = await send(`${issuer}/token`, {
      grant_type: 'refresh_token',
      client_id,
      refresh_token: 'x',
    });
    expect(error).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    const token = renewed === 'blocked' ? '' : (renewed.body.refresh_token ?? '');
    expect(await send(`${issuer}/revoke`, { client_id, token })).toMatchObject({ status: 200 });

    // The same page on a site that is no redirect URI's.
    const other = site.app.origin.replace('localhost', '127.0.0.1');
    await page.goto(`${other}/`);
    expect(await send(`${issuer}/jwks`)).toMatchObject({ status: 200 });
    expect(
      await send(`${issuer}/token`, { grant_type: 'refresh_token', client_id, refresh_token }),
    ).toBe('blocked');
    expect(await send(`${issuer}/interaction/x`)).toBe('blocked');
    expect(await send(site.url('spa'))).toBe('blocked');
  });

  it('cannot show the login page in a frame', async () => {
    const page = await newPage();
    await page.goto(`${site.app.origin}/`);
    await page.evaluate((url) => {
      const frame = document.createElement('iframe');
      frame.src = url;
      document.body.append(frame);
    }, site.url('spa'));
    const framed = page.frames().at(-1);
    await framed?.waitForLoadState();
    expect(await page.frameLocator('iframe').getByLabel('Password').count()).toBe(0);
  });
});
