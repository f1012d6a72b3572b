import { type BrowserAgent, browserAgent, type Reply } from '../browser-agent.js';
import { loadExpress, startHost, type TestHost } from '../host.js';
import { ada, answerOf, csrfOf, headingOf, press, start } from '../interaction-page.js';

const express = await loadExpress();
const form = 'application/x-www-form-urlencoded';
const refusal = 'We could not check this form';

// With and without a parser of the host's that makes lists and objects of field names.
describe.each([
  ['without a parser', []],
  ['with express.urlencoded({ extended: true })', [express.urlencoded({ extended: true })]],
])('on a host %s', (_name, before) => {
  let host: TestHost;
  let agent: BrowserAgent;
  let page: Reply;
  beforeAll(async () => {
    host = await startHost({ before });
  });
  afterAll(() => host.close());
  beforeEach(async () => {
    agent = browserAgent(host.origin);
    page = await start(host, agent, 'web');
  });

  const login = 'method=password&identifier=ada&password=ada-pw';

  async function sendBody(body: string, headers: Record<string, string> = {}): Promise<Reply> {
    const cookie = [...agent.cookies]
      .filter(([, { path }]) => new URL(page.url).pathname.startsWith(path))
      .map(([key, { value }]) => `${key.split(' ')[0]}=${value}`)
      .join('; ');
    const response = await fetch(page.url, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': form, accept: 'text/html', cookie, ...headers },
      body,
    });
    const { status, headers: got } = response;
    return {
      status,
      headers: got,
      text: await response.text(),
      location: got.get('location') ?? undefined,
      url: page.url,
    };
  }

  async function expectRefused(reply: Reply): Promise<void> {
    expect([reply.status, headingOf(reply)]).toEqual([403, refusal]);
    // How to go on, and that nothing happened.
    expect(reply.text).toContain(`href="${page.url}"`);
    expect(headingOf(await agent.get(page.url))).toBe('Sign in');
  }

  it('takes its own form, with or without the headers of a browser', async () => {
    const headers: Record<string, string>[] = [
      {},
      { origin: host.origin },
      { origin: 'null' },
      { origin: 'null', 'sec-fetch-site': 'same-origin' },
      { origin: host.origin, 'sec-fetch-site': 'same-origin' },
    ];
    for (const more of headers) {
      const own = browserAgent(host.origin);
      const shown = await start(host, own, 'web');
      expect([more, (await press(own, shown, ada, more)).status]).toEqual([more, 303]);
    }
  });

  it('refuses a form without its hidden field, or with another one', async () => {
    const other = await start(host, browserAgent(host.origin), 'web');
    const csrf = csrfOf(page);
    const bodies = [
      login,
      `${login}&csrf=`,
      `${login}&csrf=${csrf.slice(0, -1)}`,
      `${login}&csrf=${csrf}x`,
      `${login}&csrf=${csrf.toUpperCase()}`,
      `${login}&csrf=${csrfOf(other)}`,
      `${login}&csrf=${csrf}&csrf=${csrf}`,
      `${login}&csrf[]=${csrf}`,
      `${login}&csrf[a]=${csrf}`,
      `${login}&__proto__[csrf]=${csrf}`,
      `${login}&constructor[prototype][csrf]=${csrf}`,
      '',
    ];
    expect(csrf).not.toBe('');
    for (const body of bodies) await expectRefused(await sendBody(body));
  });

  it('refuses a form that another site sent, its hidden field notwithstanding', async () => {
    const headers: Record<string, string>[] = [
      { origin: 'https://evil.test' },
      { origin: host.origin.replace('http:', 'https:') },
      { origin: `${host.origin}.evil.test` },
      { origin: '', 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'none' },
      { origin: host.origin, 'sec-fetch-site': 'cross-site' },
      { origin: 'null', 'sec-fetch-site': 'cross-site' },
    ];
    for (const more of headers) await expectRefused(await press(agent, page, ada, more));
    expect((await press(agent, page, ada)).status).toBe(303);
  });

  it('refuses the types that a page can send across sites without a preflight', async () => {
    const body = `${login}&csrf=${csrfOf(page)}`;
    for (const type of [
      'text/plain',
      'multipart/form-data; boundary=x',
      'application/octet-stream',
    ]) {
      const reply = await sendBody(body, { 'content-type': type });
      expect([type, reply.status, reply.location]).toEqual([type, 400, undefined]);
    }
    expect((await press(agent, page, ada)).status).toBe(303);
  });

  it('refuses JSON that does not say its origin, its hidden field notwithstanding', async () => {
    const body = JSON.stringify({ ...ada, csrf: csrfOf(page) });
    const json = 'application/json';
    for (const origin of [undefined, 'null', 'https://evil.test']) {
      const reply = await sendBody(body, { 'content-type': json, ...(origin ? { origin } : {}) });
      await expectRefused(reply);
    }
  });

  it('takes fields as single strings only', async () => {
    const csrf = `csrf=${csrfOf(page)}`;
    const bodies = [
      `${csrf}&method=password&identifier[]=ada&password=ada-pw`,
      `${csrf}&method=password&identifier[$ne]=&password[$ne]=`,
      `${csrf}&method=password&identifier=ada&identifier=ada&password=ada-pw`,
      `${csrf}&method=password&identifier=ada&password=ada-pw&password=x`,
      `${csrf}&method=password&__proto__[identifier]=ada&password=ada-pw`,
    ];
    for (const body of bodies) {
      const reply = await sendBody(body);
      expect([body.slice(csrf.length), reply.status]).toEqual([body.slice(csrf.length), 422]);
      expect(headingOf(reply)).toBe('Sign in');
    }
  });

  it('knows no login method by a name of JavaScript’s', async () => {
    for (const method of [
      '',
      'host',
      '__proto__',
      'constructor',
      'toString',
      'password\0',
      'PASSWORD',
    ]) {
      const reply = await press(agent, page, { ...ada, method });
      expect([method, reply.status, headingOf(reply)]).toEqual([method, 400, 'Sign in']);
    }
  });

  it('answers a decision that no button sends with the page again', async () => {
    const own = browserAgent(host.origin);
    const consent = await own.submit(await start(host, own, 'partner'), ada);
    for (const decision of ['', 'ALLOW', 'yes', '__proto__', 'allow\0']) {
      const reply = await press(own, consent, { decision, 'scope:notes:read': 'on' });
      expect([decision, reply.status, reply.location]).toEqual([decision, 200, undefined]);
    }
    // The fields of the login page are nothing here.
    expect((await press(own, consent, ada)).location).toBeUndefined();
    expect(answerOf(await own.submit(consent, { decision: 'deny' })).error).toBe('access_denied');
  });

  it('is not moved by a megabyte', async () => {
    const reply = await sendBody(`${login}&csrf=${csrfOf(page)}&x=${'x'.repeat(1_000_000)}`);
    expect(reply.status).toBe(413);
    expect(reply.location).toBeUndefined();
  });
});
