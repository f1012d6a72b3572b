import { describeInBrowser } from '../../../../scripts/testing/browser.js';
import { pkce } from '../browser-agent.js';
import { until } from '../machine-client.js';
import {
  type BrowserHost,
  complaintsOf,
  logIn,
  partnerSecret,
  startBrowserHost,
} from './browser-host.js';

let site: BrowserHost;
beforeAll(async () => {
  site = await startBrowserHost();
});
afterAll(() => site.close());

describeInBrowser('on a host with helmet() as it comes', (newPage) => {
  it('a person gets through login and consent to a client on another site', async () => {
    const page = await newPage();
    const complaints = complaintsOf(page);
    const { verifier, challenge } = pkce();
    await page.goto(
      site.url('partner', { code_challenge: challenge, scope: 'notes:read notes:write' }),
    );
    expect(await page.title()).toContain('Sign in');
    await logIn(page);
    await page.getByRole('checkbox', { name: 'Change your notes' }).uncheck();
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.waitForURL(`${site.app.origin}/cb?**`);
    expect(await page.getByRole('heading').textContent()).toBe('Back at the client');
    const { searchParams } = new URL(page.url());
    expect([searchParams.get('state'), searchParams.get('iss')]).toEqual([
      'the-state',
      site.host.issuer,
    ]);
    const reply = await fetch(`${site.host.issuer}/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: 'partner',
        client_secret: partnerSecret,
        code: searchParams.get('code') ?? '',
        redirect_uri: `${site.app.origin}/cb`,
        code_verifier: verifier,
      }),
    });
    expect(await reply.json()).toMatchObject({ scope: 'notes:read' });
    expect(complaints).toEqual([]);
  });

  it('a wrong password is told, the name stays, and the right one goes on', async () => {
    const page = await newPage();
    await page.goto(site.url('web'));
    await logIn(page, 'ada', 'wrong');
    expect(await page.getByRole('alert').textContent()).toContain('do not match');
    expect(await page.getByLabel('Email or username').inputValue()).toBe('ada');
    expect(await page.getByLabel('Password').inputValue()).toBe('');
    await page.getByLabel('Password').fill('ada-pw');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL(`${site.app.origin}/cb?**`);
  });

  it('an app of its own scheme is opened after one press', async () => {
    const page = await newPage();
    const complaints = complaintsOf(page);
    const opened: string[] = [];
    const session = await page.context().newCDPSession(page);
    await session.send('Network.enable');
    session.on('Network.requestWillBeSent', ({ request, type }) => {
      if (type === 'Document') opened.push(request.url);
    });
    await page.goto(site.url('app'));
    await logIn(page);
    expect(await page.getByRole('heading').textContent()).toBe('Continue to Notes for phones?');
    await page.getByRole('button', { name: 'Continue' }).click();
    const isApp = (url = ''): boolean => url.startsWith('com.acme.notes:');
    const asked = await until(async () => opened.at(-1), isApp, 5000);
    expect(asked).toMatch(/^com\.acme\.notes:\/cb\?code=[\w-]+&state=the-state&/);
    expect(complaints.filter((text) => /Content Security Policy/i.test(text))).toEqual([]);
  });

  it('a popup reports back to the page that opened it, and closes', async () => {
    const page = await newPage();
    const redirect_uri = `${site.app.origin}/popup`;
    const url = site.url('partner', { redirect_uri, prompt: 'consent' });
    await page.goto(`${site.app.origin}/opener#${encodeURIComponent(url)}`);
    const [popup] = await Promise.all([
      page.waitForEvent('popup'),
      page.getByRole('heading').click(),
    ]);
    const closed = popup.waitForEvent('close');
    await logIn(popup);
    await popup.getByRole('button', { name: 'Allow' }).click();
    await closed;
    await page.getByRole('status').filter({ hasText: 'code=' }).waitFor();
    const report = new URLSearchParams((await page.getByRole('status').textContent()) ?? '');
    expect([report.has('code'), report.get('state')]).toEqual([true, 'the-state']);
  });

  it('the back button from the client leads to a page that explains', async () => {
    const page = await newPage();
    await page.goto(site.url('web'));
    await logIn(page);
    await page.waitForURL(`${site.app.origin}/cb?**`);
    await page.goBack();
    expect(await page.getByRole('heading').textContent()).toBe('You have already answered');
  });

  it('two tabs both get through, one after the other has logged in', async () => {
    const [one, two] = [await newPage(), await newPage()];
    await one.goto(site.url('web'));
    await two.goto(site.url('web', { state: 'two' }));
    await logIn(one);
    await one.waitForURL(`${site.app.origin}/cb?**`);
    await logIn(two);
    await two.waitForURL(`${site.app.origin}/cb?**state=two**`);
  });

  it('use another account leads to the login, and the other account is asked', async () => {
    const page = await newPage();
    await page.goto(site.url('partner', { prompt: 'consent' }));
    await logIn(page);
    await page.getByRole('button', { name: 'Use another account' }).click();
    await logIn(page, 'bob');
    expect(await page.getByRole('main').textContent()).toContain('Bob');
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.waitForURL(`${site.app.origin}/cb?error=access_denied**`);
  });
});

describeInBrowser(
  'without script',
  (newPage) => {
    it('login and consent work', async () => {
      const page = await newPage();
      await page.goto(site.url('partner', { prompt: 'consent' }));
      await logIn(page);
      await page.getByRole('button', { name: 'Allow' }).click();
      await page.waitForURL(`${site.app.origin}/cb?code=**`);
    });
  },
  { javaScriptEnabled: false },
);
