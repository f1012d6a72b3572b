import { type BrowserAgent, browserAgent, type Reply } from '../browser-agent.js';
import { answerOf, headingOf, start } from '../interaction-page.js';
import { type SessionHost, startSessionHost } from '../session-host.js';

const none = { prompt: 'none' } as const;

let host: SessionHost;
beforeEach(async () => {
  host = await startSessionHost();
});
afterEach(() => host.close());

const browser = (): BrowserAgent => browserAgent(host.origin);
const returnToOf = ({ url }: Reply): string => new URL(url).searchParams.get('returnTo') ?? '';

describe('returnTo', () => {
  it('is an address of this server, on its origin, for this interaction', async () => {
    const page = await start(host, browser(), 'web');
    const { origin, pathname } = new URL(returnToOf(page));
    expect([origin, pathname]).toEqual([
      host.origin,
      expect.stringMatching(new RegExp(`^${host.mount}/interaction/[\\w-]+/host$`)),
    ]);
  });

  it('is told from every other address by auth.hostLogin.returnTo', async () => {
    const good = returnToOf(await start(host, browser(), 'web'));
    const check = (value: unknown): string | undefined => host.auth.hostLogin?.returnTo(value);
    expect(check(good)).toBe(good);
    const other = returnToOf(await start(host, browser(), 'web'));
    const [url = '', signature = ''] = good.split('?');
    const hostile = [
      undefined,
      null,
      '',
      1,
      [good],
      { good },
      'https://evil.test/',
      '//evil.test/',
      '/\\evil.test',
      'javascript:alert(1)',
      url,
      `${url}?`,
      `${good}&x=1`,
      `${good}#x`,
      `${good} `,
      `${good}\n`,
      good.toUpperCase(),
      good.replace(host.origin, 'https://evil.test'),
      good.replace('//', '//evil.test/@'),
      good.replace('/interaction/', '/interaction/../../'),
      `${other.split('?')[0]}?${signature}`,
      `${host.origin}/login?${signature}`,
      `https://evil.test/?${good}`,
      'x'.repeat(100_000),
    ];
    for (const value of hostile) expect([value, check(value)]).toEqual([value, undefined]);
  });

  it('of a stranger’s interaction gives the stranger nothing, and the person a page', async () => {
    const stranger = browser();
    const page = await start(host, stranger, 'web');
    const person = browser();
    const back = await person.follow((await person.post(page.url, { who: 'ada' })).location ?? '');
    expect([back.status, headingOf(back)]).toEqual([
      400,
      'This sign-in started in another browser',
    ]);
    expect(answerOf(await start(host, stranger, 'web', none)).error).toBe('login_required');
  });

  it('without a login at the host shows a page with a way on, and not a circle', async () => {
    const agent = browser();
    const page = await start(host, agent, 'web');
    const back = await agent.follow(returnToOf(page));
    expect([back.status, headingOf(back)]).toEqual([200, 'Sign in']);
    const again = await agent.submit(back, { method: 'host' });
    expect(answerOf(await agent.submit(again, { who: 'ada' }))).toHaveProperty('code');
  });
});
