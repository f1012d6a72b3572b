import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { IN_BROWSER } from '../check-skips.js';

/** What a test may change about a browser, e.g. `{ javaScriptEnabled: false }`. */
export type BrowserOptions = NonNullable<Parameters<typeof chromium.launchPersistentContext>[1]>;

/** A Chromium with a profile of its own, which `close` removes. */
export interface TestBrowser {
  readonly context: BrowserContext;
  newPage(): Promise<Page>;
  close(): Promise<void>;
}

/** Where Chromium is: `CHROMIUM_PATH`, else where Debian puts it; nothing when there is none. */
export function findChromium(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const path = env.CHROMIUM_PATH ?? '/usr/bin/chromium';
  return existsSync(path) ? path : undefined;
}

/** Starts a browser that talks to nobody but the pages it opens. */
export async function launchBrowser(options: BrowserOptions = {}): Promise<TestBrowser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('no Chromium found; set CHROMIUM_PATH');
  const profile = await mkdtemp(join(tmpdir(), 'gatehouse-browser-'));
  const removeProfile = (): Promise<void> =>
    rm(profile, { recursive: true, force: true, maxRetries: 5 });
  try {
    const context = await chromium.launchPersistentContext(profile, {
      executablePath,
      args: [
        '--no-sandbox',
        '--headless=new',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
        '--disable-default-apps',
      ],
      ...options,
    });
    return {
      context,
      newPage: () => context.newPage(),
      async close() {
        await context.close();
        await removeProfile();
      },
    };
  } catch (error) {
    await removeProfile();
    throw error;
  }
}

/** Opens a page in the browser of the suite. */
export type NewPage = () => Promise<Page>;

/**
 * A suite with a browser: one for all its tests, without cookies and pages at the start of each. Without a Chromium it is
 * skipped, and the run says so at its end; in CI it fails.
 */
export function describeInBrowser(
  name: string,
  suite: (newPage: NewPage) => void,
  options: BrowserOptions = {},
): void {
  const skip = findChromium() === undefined && process.env.CI !== 'true';
  (skip ? describe.skip : describe)(`${IN_BROWSER}${name}`, () => {
    let browser: TestBrowser | undefined;
    beforeAll(async () => {
      browser = await launchBrowser(options);
    }, 30_000);
    afterEach(async () => {
      await Promise.all((browser?.context.pages() ?? []).slice(1).map((page) => page.close()));
      await browser?.context.clearCookies();
    });
    afterAll(() => browser?.close());
    suite(() => {
      if (browser === undefined) throw new Error('pages are opened within a test');
      return browser.newPage();
    });
  });
}
