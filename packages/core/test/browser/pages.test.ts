import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { describeInBrowser } from '../../../../scripts/testing/browser.js';
import { type BrowserHost, complaintsOf, logIn, startBrowserHost } from './browser-host.js';

let site: BrowserHost;
beforeAll(async () => {
  site = await startBrowserHost({
    theme: { name: 'Acme', links: [{ label: 'Privacy', url: 'https://acme.test/privacy' }] },
  });
});
afterAll(() => site.close());

const both = { scope: 'notes:read notes:write' };

/** Each page that a person may see, and how to get there. */
const pages: Readonly<Record<string, (page: Page) => Promise<unknown>>> = {
  'the login page': (page) => page.goto(site.url('partner')),
  'the login page after a wrong password': async (page) => {
    await page.goto(site.url('partner'));
    await logIn(page, 'nobody', 'wrong');
  },
  'the consent page': async (page) => {
    await page.goto(site.url('partner', { ...both, prompt: 'consent' }));
    await logIn(page);
  },
  'the page before an app': async (page) => {
    await page.goto(site.url('app'));
    await logIn(page);
  },
  'the page of connected apps': async (page) => {
    await page.goto(site.url('app'));
    await logIn(page);
    await page.goto(`${site.host.issuer}/apps`);
  },
  'the page of connected apps without anybody': (page) => page.goto(`${site.host.issuer}/apps`),
  'the error page': (page) => page.goto(site.url('nobody')),
  'the error page with a way back': async (page) => {
    await page.goto(site.url('partner'));
    const { pathname } = new URL(page.url());
    await page.context().clearCookies();
    await page.goto(`${site.host.origin}${pathname}`);
  },
  'the error page with details': (page) =>
    page.goto(site.url('partner', { redirect_uri: 'https://evil.test/' })),
};

/** What axe finds: each rule with the elements it names. */
async function violationsOf(page: Page): Promise<string[]> {
  // By the debugger, since the page's own policy runs no script.
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: typeof axe }).axe.run(document),
  );
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

const backgroundOf = (page: Page): Promise<string> =>
  page.evaluate(() => getComputedStyle(document.body).backgroundColor);

const lightnessOf = (color: string): number => Number(/\d+/.exec(color)?.[0]);

describeInBrowser('pages', (newPage) => {
  describe.each(Object.entries(pages))('%s', (_name, open) => {
    it.each(['light', 'dark'] as const)(
      'has nothing that axe finds, %s, on a desktop and on a phone',
      async (colorScheme) => {
        const page = await newPage();
        const complaints = complaintsOf(page);
        await page.emulateMedia({ colorScheme });
        await open(page);
        expect(await violationsOf(page)).toEqual([]);
        await page.setViewportSize({ width: 320, height: 640 });
        expect(await violationsOf(page)).toEqual([]);
        // Nothing to scroll sideways for (WCAG 1.4.10).
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
          320,
        );
        const lightness = lightnessOf(await backgroundOf(page));
        if (colorScheme === 'dark') expect(lightness).toBeLessThan(80);
        else expect(lightness).toBeGreaterThan(200);
        expect(complaints.filter((text) => !/status of 4\d\d/.test(text))).toEqual([]);
      },
    );
  });

  it('load nothing from anywhere else', async () => {
    const page = await newPage();
    const requested: string[] = [];
    page.on('request', (request) => requested.push(request.url()));
    for (const open of Object.values(pages)) {
      await page.context().clearCookies();
      await open(page);
    }
    expect(requested.filter((url) => !url.startsWith(`${site.host.origin}/`))).toEqual([]);
  });
});

describeInBrowser('with the keyboard alone', (newPage) => {
  const focused = (page: Page): Promise<{ text: string; visible: boolean }> =>
    page.evaluate(() => {
      const element = document.activeElement as HTMLElement;
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      const label = (element as HTMLInputElement).labels?.[0]?.textContent;
      return {
        text: (label ?? element.textContent ?? '').trim(),
        visible: outlineStyle !== 'none' && outlineWidth !== '0px',
      };
    });

  /** Presses Tab until the element is focused; every stop on the way must be seen. */
  async function tabTo(page: Page, text: string): Promise<void> {
    for (let presses = 0; presses < 15; presses += 1) {
      await page.keyboard.press('Tab');
      const now = await focused(page);
      expect(now).toEqual({ text: now.text, visible: true });
      if (now.text === text) return;
    }
    throw new Error(`no Tab leads to ${text}`);
  }

  it('a person logs in, unticks a scope and allows the rest', async () => {
    const page = await newPage();
    await page.goto(site.url('partner', { ...both, prompt: 'consent' }));
    expect((await focused(page)).text).toBe('Email or username');
    await page.keyboard.type('ada');
    await tabTo(page, 'Password');
    await page.keyboard.type('ada-pw');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Allow' }).waitFor();
    await tabTo(page, 'Change your notes');
    await page.keyboard.press('Space');
    await tabTo(page, 'Allow');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${site.app.origin}/cb?code=**`);
  });

  it('a person says no', async () => {
    const page = await newPage();
    await page.goto(site.url('partner'));
    await tabTo(page, 'Cancel');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${site.app.origin}/cb?error=access_denied**`);
  });
});
