import type { NewClient } from '@gatehouse/core';
import type { Page } from 'playwright-core';
import { describeInBrowser } from '../../../../scripts/testing/browser.js';
import { pkce } from '../browser-agent.js';
import { type BrowserHost, complaintsOf, logIn, startBrowserHost } from './browser-host.js';

let site: BrowserHost;
beforeAll(async () => {
  site = await startBrowserHost({
    theme: { name: 'Acme', links: [{ label: 'Privacy', url: 'https://acme.test/privacy' }] },
  });
});
afterAll(() => site.close());

const scope = 'notes:read notes:write';
const hostile: readonly NewClient[] = [
  {
    client_id: 'long',
    client_name: `${'Wonderful'.repeat(20)} ${'x'.repeat(400)}`,
    redirect_uris: [1, 2, 3, 4, 5].map((n) => `https://${'very-long-'.repeat(5)}${n}.test/cb`),
    scope,
  },
  {
    client_id: 'turned',
    client_name: 'Acme \u202Eknab ruoy\u202C</h2><script>document.title="run"</script>',
    client_uri: 'https://partner.test/',
    logo_uri: 'https://partner.test/logo.png',
    redirect_uris: ['https://partner.test/cb'],
    scope,
  },
];

/** Connects ada to a client, up to the redirect: those hosts do not exist. */
async function connect(page: Page, clientId: string, redirect_uri: string): Promise<void> {
  await page.route(/\.test\//, (route) => route.fulfill({ body: 'the client' }));
  const query = new URLSearchParams({
    client_id: clientId,
    response_type: 'code',
    redirect_uri,
    scope,
    code_challenge: pkce().challenge,
    code_challenge_method: 'S256',
  });
  await page.goto(`${site.host.issuer}/authorize?${query}`);
  if (await page.getByLabel('Password').isVisible()) await logIn(page);
  await page.getByRole('button', { name: 'Allow' }).click();
  await page.waitForURL(`${redirect_uri}?**`);
}

describeInBrowser('the page of connected apps', (newPage) => {
  it('shows hostile names as text, on a phone too, and removes what the person picks', async () => {
    for (const client of hostile) await site.host.auth.clients.create(client);
    const page = await newPage();
    for (const { client_id = '', redirect_uris: [uri = ''] = [] } of hostile) {
      await connect(page, client_id, uri);
    }
    const complaints = complaintsOf(page);
    await page.goto(`${site.host.issuer}/apps`);
    expect(await page.title()).toBe('Connected apps · Acme');
    expect(
      await page
        .getByRole('listitem')
        .filter({ has: page.getByRole('heading') })
        .count(),
    ).toBe(2);
    for (const width of [1280, 320]) {
      await page.setViewportSize({ width, height: 800 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
        width,
      );
    }
    // Closed until it is asked for: nobody removes an app by a slip.
    const remove = page.getByRole('button', { name: /Remove Acme/ });
    expect(await remove.isVisible()).toBe(false);
    const app = page.getByRole('listitem').filter({ hasText: 'knab' });
    await app.getByText('Remove access').click();
    await remove.click();
    await page.waitForURL(`${site.host.issuer}/apps`);
    await page
      .getByText(/Wonderful/)
      .first()
      .waitFor();
    expect(await page.getByText(/Remove Acme/).count()).toBe(0);
    expect(complaints).toEqual([]);
    const { grants } = await site.host.auth.grants.list({ accountId: 'ada' });
    expect(grants.map(({ clientId }) => clientId)).toEqual(['long']);
  });

  it('is not drawn in a frame of another site', async () => {
    const page = await newPage();
    await page.goto(`${site.app.origin}/`);
    const complaints = complaintsOf(page);
    await page.evaluate((url) => {
      const frame = document.createElement('iframe');
      frame.src = url;
      document.body.append(frame);
    }, `${site.host.issuer}/apps`);
    while (!complaints.some((text) => /frame-ancestors|X-Frame-Options/i.test(text))) {
      await page.waitForTimeout(50);
    }
  });
});
