import { build } from 'esbuild';
import type { UserManager } from 'oidc-client-ts';
import type { Page } from 'playwright-core';
import { describeInBrowser } from '../../../../scripts/testing/browser.js';
import { complaintsOf, logIn } from '../../../core/test/browser/browser-host.js';
import type { TestHost } from '../../../core/test/host.js';
import { notesOf } from '../../../core/test/third-party-client.js';
import { startProvider } from '../provider.js';
import { mounts, type RelyingParty, startRelyingParty } from './relying-party.js';

/** In the page. */
declare const manager: UserManager;

let library: string;
beforeAll(async () => {
  const bundle = await build({
    stdin: { contents: "export * from 'oidc-client-ts';", resolveDir: import.meta.dirname },
    bundle: true,
    format: 'iife',
    globalName: 'oidc',
    write: false,
  });
  library = bundle.outputFiles[0]?.text ?? '';
});

/** What the page knows of the person. */
interface Known {
  readonly profile: Readonly<Record<string, unknown>>;
  readonly access_token: string;
  readonly refresh_token?: string;
}

const known = (page: Page): Promise<Known | null> =>
  page.evaluate(async () => {
    const user = await manager.getUser();
    if (user === null) return null;
    const { profile, access_token, refresh_token } = user;
    return { profile: { ...profile }, access_token, ...(refresh_token ? { refresh_token } : {}) };
  });

describeInBrowser('oidc-client-ts', (newPage) => {
  describe.each(mounts)('of a provider at "%s"', (mount) => {
    let host: TestHost;
    let party: RelyingParty;
    beforeAll(async () => {
      party = await startRelyingParty('localhost');
      host = await startProvider({
        mount,
        clients: [
          {
            client_id: 'browser',
            token_endpoint_auth_method: 'none',
            redirect_uris: [`${party.origin}/cb`],
            post_logout_redirect_uris: [`${party.origin}/bye`],
            scope: 'openid profile email notes:read',
            firstParty: true,
          },
        ],
      });
      const settings = {
        authority: host.issuer,
        client_id: 'browser',
        redirect_uri: `${party.origin}/cb`,
        post_logout_redirect_uri: `${party.origin}/bye`,
        scope: 'openid profile email notes:read',
        loadUserInfo: true,
      };
      party.app.get('/oidc.js', (_req, res) => void res.type('js').send(library));
      party.app.use((_req, res) => {
        const script = `manager = new oidc.UserManager(${JSON.stringify(settings)})`;
        res.send(
          `<!doctype html><link rel="icon" href="data:,"><script src="/oidc.js"></script><script>${script}</script>`,
        );
      });
    });
    afterAll(async () => {
      await host.close();
      await party.close();
    });

    /** What is asked of the token endpoint while something is done. */
    async function grantsDuring(page: Page, task: () => Promise<unknown>): Promise<string[]> {
      const bodies: string[] = [];
      page.on('request', (request) => {
        if (request.url() === `${host.issuer}/token`) bodies.push(request.postData() ?? '');
      });
      await task();
      return bodies.map((body) => new URLSearchParams(body).get('grant_type') ?? '');
    }

    it('signs in by redirect, loads userinfo, renews silently by its refresh token, and signs out', async () => {
      const page = await newPage();
      const complaints = complaintsOf(page);
      await page.goto(`${party.origin}/`);
      await page.evaluate(() => void manager.signinRedirect());
      await logIn(page);
      // Any program of this machine can listen at the address of a client without a secret: one press is asked (RFC 8252 §8.6).
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.waitForURL(`${party.origin}/cb?**`);
      await page.evaluate(() => manager.signinRedirectCallback().then(() => undefined));
      const first = await known(page);
      expect(first?.profile).toMatchObject({ sub: 'ada', name: 'Ada', email: 'ada@people.test' });
      expect(await notesOf(host, first?.access_token ?? '')).toEqual({ who: 'ada' });

      const grants = await grantsDuring(page, () =>
        page.evaluate(() => manager.signinSilent().then(() => undefined)),
      );
      expect(grants).toEqual(['refresh_token']);
      const second = await known(page);
      expect(second?.profile).toMatchObject({ sub: 'ada', name: 'Ada' });
      expect(second?.access_token).not.toBe(first?.access_token);
      expect(second?.refresh_token).not.toBe(first?.refresh_token);
      expect(await notesOf(host, second?.access_token ?? '')).toEqual({ who: 'ada' });

      await page.evaluate(() => void manager.signoutRedirect());
      await page.waitForURL(`${party.origin}/bye`);
      await page.evaluate(() => manager.signoutRedirectCallback().then(() => undefined));
      expect(await known(page)).toBeNull();
      expect(complaints).toEqual([]);
      await page.evaluate(() => void manager.signinRedirect({ prompt: 'none' }));
      await page.waitForURL(`${party.origin}/cb?**`);
      expect(new URL(page.url()).searchParams.get('error')).toBe('login_required');
    });
  });
});
