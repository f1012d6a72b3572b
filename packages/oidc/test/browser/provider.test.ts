import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import helmet from 'helmet';
import type { Page } from 'playwright-core';
import { describeInBrowser } from '../../../../scripts/testing/browser.js';
import { pkce } from '../../../core/test/browser-agent.js';
import { complaintsOf, logIn } from '../../../core/test/browser/browser-host.js';
import type { TestHost } from '../../../core/test/host.js';
import { startProvider } from '../provider.js';

let host: TestHost;
let server: Server;
let client: string;

// A client on another site that takes the answer as a form, and shows what it got.
beforeAll(async () => {
  server = createServer((req, res) => {
    let body = '';
    req.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    req.on('end', () => {
      const names = [...new URLSearchParams(body).keys()].join(' ');
      res.setHeader('Content-Type', 'text/html');
      res.end(`<!doctype html><link rel="icon" href="data:,"><h1>${req.method} ${names}</h1>`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  client = `http://localhost:${(server.address() as AddressInfo).port}`;
  host = await startProvider({
    before: [helmet()],
    clients: [
      {
        client_id: 'rp',
        client_name: 'The site',
        client_secret: 'rp-secret-0123456789-abcdefghijklmnopqr',
        redirect_uris: [`${client}/cb`],
        post_logout_redirect_uris: [`${client}/bye`],
        firstParty: true,
      },
    ],
  });
});
afterAll(async () => {
  await host.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function authorizeUrl(params: Record<string, string>): string {
  const query = new URLSearchParams({
    client_id: 'rp',
    response_type: 'code',
    redirect_uri: `${client}/cb`,
    scope: 'openid',
    state: 'the-state',
    code_challenge: pkce().challenge,
    code_challenge_method: 'S256',
    ...params,
  });
  return `${host.issuer}/authorize?${query}`;
}

const heading = (page: Page): Promise<string | null> => page.getByRole('heading').textContent();

/** Sends a form from the site of the client. */
async function post(page: Page, path: string, fields: URLSearchParams): Promise<void> {
  const inputs = [...fields].map(([name, value]) => `<input name="${name}" value="${value}">`);
  await page.goto(`${client}/start`);
  await page.setContent(
    `<form method="post" action="${host.issuer}${path}">${inputs.join('')}<button>Go</button></form>`,
  );
  await page.getByRole('button', { name: 'Go' }).click();
}

describeInBrowser('with script, on a host with helmet() as it comes', (newPage) => {
  it('form_post goes on to the client by itself [formpost-2-script]', async () => {
    const page = await newPage();
    const complaints = complaintsOf(page);
    await page.goto(authorizeUrl({ response_mode: 'form_post' }));
    await logIn(page);
    await page.waitForURL(`${client}/cb`);
    expect(await heading(page)).toBe('POST code state iss');
    expect(complaints).toEqual([]);
  });

  it('a POST from another site meets the session of the person [core-3.1.2.1-post]', async () => {
    const page = await newPage();
    await page.goto(authorizeUrl({}));
    await logIn(page);
    await page.waitForURL(`${client}/cb?**`);
    await post(page, '/authorize', new URL(authorizeUrl({ prompt: 'none' })).searchParams);
    await page.waitForURL(`${client}/cb?**`);
    expect(new URL(page.url()).searchParams.get('error')).toBeNull();
    expect(new URL(page.url()).searchParams.get('code')).not.toBeNull();
  });

  it('a POST from another site with fields of the logout page asks the person, and says nothing that is not so', async () => {
    const page = await newPage();
    await page.goto(authorizeUrl({}));
    await logIn(page);
    await page.waitForURL(`${client}/cb?**`);
    const request = { client_id: 'rp', post_logout_redirect_uri: `${client}/bye` };
    await post(page, '/logout', new URLSearchParams({ ...request, csrf: 'x', logout: 'yes' }));
    await page.waitForURL(`${host.issuer}/logout?posted=*`);
    expect(await heading(page)).toBe('Do you want to sign out?');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL(`${client}/bye`);
  });
});

describeInBrowser(
  'without script',
  (newPage) => {
    it('form_post has a button, and the logout page too [formpost-2-button, rplogout-2-ask]', async () => {
      const page = await newPage();
      await page.goto(authorizeUrl({ response_mode: 'form_post' }));
      await logIn(page);
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.waitForURL(`${client}/cb`);
      expect(await heading(page)).toBe('POST code state iss');
      const bye = new URLSearchParams({
        client_id: 'rp',
        post_logout_redirect_uri: `${client}/bye`,
        state: 's',
      });
      await page.goto(`${host.issuer}/logout?${bye}`);
      expect(await heading(page)).toBe('Do you want to sign out?');
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.waitForURL(`${client}/bye?state=s`);
      await page.goto(authorizeUrl({ prompt: 'none' }));
      await page.waitForURL(`${client}/cb?**`);
      expect(new URL(page.url()).searchParams.get('error')).toBe('login_required');
    });

    it('select_account has buttons [core-3.1.2.1-prompt-select-account]', async () => {
      const page = await newPage();
      await page.goto(authorizeUrl({}));
      await logIn(page);
      await page.waitForURL(`${client}/cb?**`);
      await page.goto(authorizeUrl({ prompt: 'select_account' }));
      await page.getByRole('button', { name: 'Continue as Ada' }).click();
      await page.waitForURL(`${client}/cb?**`);
      expect(new URL(page.url()).searchParams.get('code')).not.toBeNull();
    });

    it('a second account is added, each is gone on with by a press, and all are signed out', async () => {
      const page = await newPage();
      const press = (name: string): Promise<void> => page.getByRole('button', { name }).click();
      await page.goto(authorizeUrl({}));
      await logIn(page);
      await page.waitForURL(`${client}/cb?**`);
      await page.goto(authorizeUrl({ prompt: 'select_account' }));
      await press('Use another account');
      await logIn(page, 'bob');
      await page.waitForURL(`${client}/cb?**`);
      await page.goto(authorizeUrl({ prompt: 'select_account' }));
      const buttons = await page.getByRole('button').allTextContents();
      expect(buttons).toEqual(['Continue as Bob', 'Continue as Ada', 'Use another account']);
      await press('Continue as Ada');
      await page.waitForURL(`${client}/cb?**`);
      await page.goto(`${host.issuer}/logout?client_id=rp`);
      await page.getByRole('button', { name: 'Sign out', exact: true }).click();
      expect(await page.getByText('Still signed in in this browser').textContent()).toContain(
        'Bob',
      );
      await page.goto(authorizeUrl({}));
      await press('Continue as Bob');
      await page.waitForURL(`${client}/cb?**`);
      await page.goto(`${host.issuer}/logout?client_id=rp`);
      await page.getByRole('button', { name: 'Sign out', exact: true }).click();
      await page.goto(authorizeUrl({}));
      expect(await page.getByRole('button').allTextContents()).toEqual(['Sign in', 'Cancel']);
    });
  },
  { javaScriptEnabled: false },
);
