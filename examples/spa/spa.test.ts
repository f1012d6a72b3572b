import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import type { Page } from 'playwright-core';
import { describeInBrowser } from '../../scripts/testing/browser.js';
import { endPrograms, freePort, type Program, startProgram } from '../test/run-example.js';

afterEach(endPrograms);

async function start(): Promise<{ server: Program; url: string }> {
  const server = startProgram('spa/dist/server.js', { PORT: String(await freePort()) });
  await server.printed(/auth is up/);
  const [, url = ''] = await server.printed(/Open (\S+) and/);
  return { server, url };
}

test('what the browser gets holds none of the secrets of the server', async () => {
  const secrets = Object.values(parseEnv(readFileSync('examples/spa/demo.env', 'utf8')));
  expect(secrets).toHaveLength(2);
  const { server, url } = await start();

  const files = ['/', '/style.css', '/app.js'].map(async (path) =>
    (await fetch(url + path)).text(),
  );
  const [page = '', style = '', script = ''] = await Promise.all(files);
  expect(page).toContain('src="/app.js"');
  expect(script).toContain('code_verifier'); // so it is the bundle
  for (const secret of secrets) expect(page + style + script).not.toContain(secret);
  // Nor their names, which would be there had it been given the environment.
  expect(page + style + script).not.toMatch(/GATEHOUSE_SECRET|WEB_SECRET/);

  expect(await server.stop()).toMatchObject({ code: 0 });
  expect(server.isRunning()).toBe(false);
});

describeInBrowser('the client in the browser', (newPage) => {
  const output = (page: Page) => page.locator('output');

  test('signs in, reads the notes, refreshes and signs out', async () => {
    const { server, url } = await start();
    const page = await newPage();
    const problems: string[] = [];
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));

    await page.goto(url);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByLabel('Email or username').fill('ada');
    await page.getByLabel('Password').fill('demo-password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Continue' }).click();
    await output(page).getByText('Water the plants of ada').waitFor();
    // The code does not stay in the address bar, nor a token anywhere that outlives the page.
    expect(page.url()).toBe(`${url}/`);
    expect(await page.evaluate(() => [localStorage.length, sessionStorage.length])).toEqual([0, 0]);

    await page.getByRole('button', { name: 'Refresh' }).click();
    await output(page).getByText('New tokens are here.').waitFor();
    await page.getByRole('button', { name: 'Load notes' }).click();
    await output(page).getByText('Water the plants of ada').waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await output(page).getByText('Signed out.').waitFor();
    expect(problems).toEqual([]);

    await page.close();
    expect(await server.stop()).toMatchObject({ code: 0 });
    expect(server.isRunning()).toBe(false);
  });
});
