import { readFileSync } from 'node:fs';
import type { Locator, Page } from 'playwright-core';
import { until } from '../../packages/core/test/machine-client.js';
import { describeInBrowser } from '../../scripts/testing/browser.js';
import { endPrograms, freePort, type Program, startProgram } from '../test/run-example.js';

afterEach(endPrograms);

interface Programs {
  readonly provider: Program;
  readonly shop: Program;
  readonly issuer: string;
  readonly shopUrl: string;
}

async function start(path: string): Promise<Programs> {
  const [port, shopPort] = [await freePort(), await freePort()];
  const issuer = `http://localhost:${port}${path}`;
  const env = {
    PORT: String(port),
    SHOP_PORT: String(shopPort),
    ISSUER: issuer,
    CLIENTS_FILE: 'examples/openid/conformance-clients.json',
    RECEIVER_NETWORKS: '10.20.0.0/16,10.30.0.0/16',
  };
  const provider = startProgram('openid/dist/server.js', env);
  await provider.printed(/is up/);
  const shop = startProgram('openid/dist/shop.js', env);
  const [, shopUrl = ''] = await shop.printed(/Open (\S+) and/);
  return { provider, shop, issuer, shopUrl };
}

async function stop({ provider, shop }: Programs): Promise<void> {
  expect(await shop.stop()).toMatchObject({ code: 0 });
  const output = expect.stringContaining('"path":"outbound.allowNetworks"');
  expect(await provider.stop()).toMatchObject({ code: 0, output });
  expect([provider, shop].filter((program) => program.isRunning())).toEqual([]);
}

const press = (page: Page, name: string): Promise<void> =>
  page.getByRole('button', { name, exact: true }).click();

// What the README tells programs that fill in the pages.
const selectors = new Map(
  [...readFileSync('examples/openid/README.md', 'utf8').matchAll(/^\| (.+) \| `(.+)` \|$/gm)].map(
    ([, what = '', selector = '']) => [what, selector],
  ),
);
const find = (page: Page, what: string): Locator => page.locator(selectors.get(what) ?? what);

async function logInBySelectors(page: Page): Promise<void> {
  await find(page, 'name').fill('ada');
  await find(page, 'password').fill('demo-password');
  await find(page, 'sign in').click();
}

async function logIn(page: Page): Promise<void> {
  await page.getByLabel('Email or username').fill('ada');
  await page.getByLabel('Password').fill('demo-password');
  await press(page, 'Sign in');
}

const signedOut = 'Hello. Sign in';

describeInBrowser('the shop and its provider', (newPage) => {
  test.each(['/auth', ''])('at "%s": in by claims, out both ways', async (path) => {
    const programs = await start(path);
    const { issuer, shopUrl } = programs;
    const page = await newPage();
    page.setDefaultTimeout(6000);

    await page.goto(shopUrl);
    await page.getByRole('link', { name: 'Sign in' }).click();
    await logIn(page);
    await find(page, 'allow').click();
    await page.getByText('Hello Ada Byron.').waitFor();
    await page.goto(`${shopUrl}/orders`);
    expect(JSON.parse((await page.locator('body').textContent()) ?? '')).toEqual({
      orders: ['A teapot'],
      for: {
        sub: 'ada',
        name: 'Ada Byron',
        given_name: 'Ada',
        middle_name: 'Augusta',
        family_name: 'Byron',
        nickname: 'Countess',
        preferred_username: 'ada',
        gender: 'female',
        birthdate: '1815-12-10',
        profile: 'https://acme.example/people/ada',
        picture: 'https://acme.example/people/ada.png',
        website: 'https://ada.example/',
        zoneinfo: 'Europe/London',
        locale: 'en-GB',
        updated_at: 1768467600,
        email: 'ada@acme.example',
        email_verified: true,
      },
    });

    // Out at the shop: the provider lets go too, and asks for the password again.
    await page.goto(shopUrl);
    await page.getByRole('link', { name: 'Sign out' }).click();
    await page.getByText(signedOut).waitFor();
    await page.getByRole('link', { name: 'Sign in' }).click();
    await logInBySelectors(page);
    await page.getByText('Hello Ada Byron.').waitFor();

    // Out at the provider: the shop hears of it, though nobody visits it.
    await page.goto(`${issuer}/logout`);
    await find(page, 'sign out').click();
    await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
    const greeting = async (): Promise<string | null> => {
      await page.goto(shopUrl);
      return page.locator('p').textContent();
    };
    expect(await until(greeting, (text) => text === signedOut, 10_000)).toBe(signedOut);

    await page.close();
    await stop(programs);
  });
});

test('the shop shows nobody its inside by an answer that it has not asked for', async () => {
  const programs = await start('/auth');
  for (const query of ['', '?code=x&state=y', '?error=x']) {
    const reply = await fetch(`${programs.shopUrl}/callback${query}`);
    expect([reply.status, await reply.text()]).toEqual([400, '{"error":"Bad Request"}']);
  }
  await stop(programs);
});
