import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { describeInBrowser } from '../../scripts/testing/browser.js';
import {
  answerTo,
  badRequest,
  endPrograms,
  freePort,
  type Program,
  startProgram,
} from '../test/run-example.js';

afterEach(endPrograms);

async function start(port: number): Promise<{ demo: Program; url: string }> {
  const demo = startProgram('demo/dist/server.js', { PORT: String(port) });
  await demo.printed(/What happens/);
  const [, url = ''] = await demo.printed(/Open +(\S+)\n/);
  return { demo, url };
}

async function expectEnd(demo: Program): Promise<void> {
  expect(await demo.stop()).toMatchObject({ code: 0 });
  expect(demo.isRunning()).toBe(false);
}

describe('the demo', () => {
  test('prints requests that get a machine its token, and an answer from the API', async () => {
    const port = await freePort();
    const { demo } = await start(port);
    const tokenRequest = /curl -s -u (\S+) -d (grant_type=\S+) (\S+)\n/;
    const [, credential = '', body = '', endpoint = ''] = await demo.printed(tokenRequest);
    const authorization = `Basic ${Buffer.from(credential).toString('base64')}`;
    const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' };
    const response = await fetch(endpoint, { method: 'POST', headers, body });
    const { access_token } = (await response.json()) as { access_token: string };

    const [, api = ''] = await demo.printed(/curl .*"Authorization.*" (\S+)\n/);
    const stats = await fetch(api, { headers: { authorization: `Bearer ${access_token}` } });
    expect(await stats.json()).toEqual({ notes: 3 });

    const [, metadata = ''] = await demo.printed(/All endpoints: (\S+)\n/);
    expect(await (await fetch(metadata)).json()).toMatchObject({ token_endpoint: endpoint });
    expect(endpoint).toBe(`http://localhost:${port}/auth/token`);
    await expectEnd(demo);
  });

  test('takes a free port where its own is taken, and says so', async () => {
    const other = createServer().listen(0, 'localhost');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { demo } = await start(port);
    expect(demo.output()).toContain(`Port ${port} is taken`);
    const [, metadata = ''] = await demo.printed(/All endpoints: (\S+)\n/);
    expect((await fetch(metadata)).status).toBe(200);
    expect(metadata).not.toContain(`:${port}/`);
    other.close();
    await expectEnd(demo);
  });

  test('shows nobody its inside: not by JSON that is broken, nor by a form that is too large', async () => {
    const { demo, url } = await start(await freePort());
    const [, api = ''] = await demo.printed(/curl .*"Authorization.*" (\S+)\/stats\n/);
    expect(await answerTo(`${api}/notes`, '{"note', 'application/json')).toEqual(badRequest);
    const tooLarge = [413, '{"error":"Payload Too Large"}'];
    expect(await answerTo(`${url}/add`, `note=${'n'.repeat(300_000)}`)).toEqual(tooLarge);
    await expectEnd(demo);
  });
});

describeInBrowser('the demo', (newPage) => {
  async function openPage(): Promise<Page> {
    const page = await newPage();
    page.setDefaultTimeout(5000);
    return page;
  }
  const press = (page: Page, name: string) =>
    page.getByRole('button', { name, exact: true }).click();
  const sees = (page: Page, text: string) => page.getByText(text).first().waitFor();

  async function logIn(page: Page, url: string): Promise<void> {
    await page.goto(url);
    await page.getByRole('link', { name: 'Sign in with Acme Notes' }).click();
    await page.getByLabel('Email or username').fill('ada');
    await page.getByLabel('Password').fill('demo-password');
    await press(page, 'Sign in');
    await page
      .getByRole('heading', { name: 'Planner wants to use your Acme Notes account' })
      .waitFor();
  }

  test('goes from the client through login and consent to an answer of the API', async () => {
    const { demo, url } = await start(await freePort());
    const page = await openPage();
    await logIn(page, url);
    await press(page, 'Allow');
    await sees(page, 'Ask Bob about the boat');
    expect(page.url()).toBe(`${url}/`);
    expect(await page.locator('li .request code').allTextContents()).toEqual([
      expect.stringMatching(/^GET .*\/auth\/authorize$/),
      `GET ${url}/callback`,
      expect.stringMatching(/^POST .*\/auth\/token$/),
      expect.stringMatching(/^GET .*\/api\/notes$/),
    ]);
    // The page shows what was sent, and nothing that could be used.
    const bearers = /^(client_secret|code|code_verifier|authorization|.*_token)$/;
    const shown = page.locator('dt', { hasText: bearers }).locator('xpath=following-sibling::dd');
    expect(await shown.count()).toBeGreaterThanOrEqual(6);
    for (const text of await shown.allTextContents()) {
      expect(text).toMatch(/^(Bearer )?[\w-]{0,6}…$/);
    }

    await page.getByLabel('A new note').fill('Buy <b>paint</b>');
    await press(page, 'Add');
    await sees(page, 'Buy <b>paint</b>');
    await press(page, 'Refresh');
    await sees(page, 'A new access token');
    await press(page, 'Call the API');
    await sees(page, 'The API answered.');

    await press(page, 'Revoke');
    await sees(page, 'Both tokens are void');
    await press(page, 'Refresh');
    await sees(page, 'Acme Notes says no: invalid_grant.');

    // Acme Notes remembers the login and the consent, so this time nobody is asked.
    await press(page, 'Sign out');
    await sees(page, 'Planner has forgotten you.');
    await page.getByRole('link', { name: 'Sign in with Acme Notes' }).click();
    await sees(page, 'Notes from the API');

    expect(demo.output()).toMatch(/token.issued +ada planner/);
    expect(demo.output()).not.toMatch(/eyJ|code=/); // no token and no code
    await expectEnd(demo);
  });

  test('gives the client only what the person left ticked', async () => {
    const { demo, url } = await start(await freePort());
    const page = await openPage();
    await logIn(page, url);
    await page.getByLabel('Add notes').uncheck();
    await press(page, 'Allow');
    await sees(page, 'Ask Bob about the boat');
    await page.getByLabel('A new note').fill('Buy paint');
    await press(page, 'Add');
    await sees(page, 'The API says no: 403.');
    await sees(page, 'insufficient_scope');
    await expectEnd(demo);
  });

  test('tells the client when the person says no', async () => {
    const { demo, url } = await start(await freePort());
    const page = await openPage();
    await logIn(page, url);
    await press(page, 'Cancel');
    await sees(page, 'You said no, so Planner got nothing.');
    await expectEnd(demo);
  });
});
