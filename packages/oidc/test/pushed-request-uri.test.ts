import { memoryStore } from '@gatehouse/store-memory';
import type { TestHost } from '../../core/test/host.js';
import { ada, answerOf, bob } from '../../core/test/interaction-page.js';
import { goHome, travel } from '../../core/test/travel.js';
import { clients, signedIn, startProvider } from './provider.js';
import { requestParams } from './request-object.js';
import { pushingSuite } from './push-request.js';

const suite = pushingSuite();
const { browser, open, push, urlOf } = suite;

describe('a request_uri', () => {
  it('gives one code, and then none (RFC 9126 §7.3) [rfc9126-7.3-once]', async () => {
    const { agent } = await signedIn(suite.host);
    const { body } = await push(requestParams().params);
    expect(answerOf(await agent.follow(urlOf(body.request_uri)))).toHaveProperty('code');
    const again = await agent.follow(urlOf(body.request_uri));
    expect(answerOf(again)).toMatchObject({ error: 'invalid_request_uri', iss: suite.host.issuer });
  });

  it('gives one code to as many browsers as come at once [rfc9126-7.3-once]', async () => {
    const agents = await Promise.all(
      [1, 2, 3, 4].map(async () => (await signedIn(suite.host)).agent),
    );
    const { body } = await push(requestParams().params);
    const replies = await Promise.all(agents.map((agent) => agent.follow(urlOf(body.request_uri))));
    expect(replies.filter((reply) => 'code' in answerOf(reply))).toHaveLength(1);
    const errors = replies.map((reply) => answerOf(reply).error).filter(Boolean);
    expect(errors).toEqual(Array(3).fill('invalid_request_uri'));
  });

  it('gives one code to two servers on one store [rfc9126-7.3-once]', async () => {
    const { close: _close, ...store } = memoryStore();
    const nodes = await Promise.all(
      [1, 2].map(() => startProvider({ store, openid: { pushedRequests: true } })),
    );
    const [one, two] = nodes as [TestHost, TestHost];
    const agents = await Promise.all(nodes.map(async (at) => (await signedIn(at)).agent));
    const { body } = await push(requestParams({ client_id: 'web' }).params, { at: one });
    const replies = await Promise.all([
      agents[0]?.follow(urlOf(body.request_uri, {}, one)),
      agents[1]?.follow(urlOf(body.request_uri, {}, two)),
    ]);
    const won = replies.filter((reply) => reply && 'code' in answerOf(reply));
    expect(won).toHaveLength(1);
    for (const at of nodes) await at.close();
  });

  it('may be loaded again until it is used, and waits for the person at the page (§2.2)', async () => {
    const { body } = await push(requestParams().params);
    const agent = browser();
    await agent.follow(urlOf(body.request_uri));
    const page = await agent.follow(urlOf(body.request_uri));
    travel(1800);
    expect(answerOf(await agent.submit(page, ada))).toHaveProperty('code');
  });

  it('gives one code to two tabs that wait at the login page, however long', async () => {
    for (const seconds of [10, 3000]) {
      const { body } = await push(requestParams().params);
      const [first, second] = [browser(), browser()];
      const pages = [
        await first.follow(urlOf(body.request_uri)),
        await second.follow(urlOf(body.request_uri)),
      ] as const;
      travel(seconds);
      expect(answerOf(await first.submit(pages[0], ada))).toHaveProperty('code');
      const back = await second.submit(pages[1], ada);
      expect(answerOf(back)).toMatchObject({ error: 'invalid_request_uri', state: 'state-inside' });
      goHome();
    }
  });

  it('is refused once its record is gone, and not answered without it', async () => {
    const store = memoryStore();
    const own = await startProvider({ store, openid: { pushedRequests: true } });
    const { body } = await push(requestParams().params, { at: own });
    const agent = browser(own);
    const page = await agent.follow(urlOf(body.request_uri, {}, own));
    const { records } = await store.list('PushedAuthorizationRequest', 'all', { now: 0 });
    await store.commit(
      records.map(({ kind, id }) => ({ remove: { kind, id } })),
      0,
    );
    expect(answerOf(await agent.submit(page, ada))).toMatchObject({ error: 'invalid_request_uri' });
    await own.close();
  });

  it('ends after a minute (§2.2) [rfc9126-2.2-expiry]', async () => {
    const { agent } = await signedIn(suite.host);
    const { body } = await push(requestParams().params);
    travel(61);
    const back = await agent.follow(urlOf(body.request_uri));
    expect(answerOf(back)).toMatchObject({ error: 'invalid_request_uri' });
  });

  it('of another client is refused, and tells nothing of that one’s request (§7.1) [rfc9126-7.1-client]', async () => {
    const { agent } = await signedIn(suite.host);
    const { body } = await push(requestParams().params);
    const back = await agent.follow(urlOf(body.request_uri, { client_id: 'spa' }));
    expect(answerOf(back)).toMatchObject({ error: 'invalid_request_uri' });
    expect(back.location).toMatch(/^https:\/\/spa\.test\/cb\?/);
    expect(back.location).not.toContain('state-inside');
    expect(answerOf(await agent.follow(urlOf(body.request_uri)))).toHaveProperty('code');
  });

  it.each([true, false])(
    'is read as ever beside an empty request, which is none (RFC 6749 §3.1); with request objects: %j',
    async (requestObjects) => {
      const own = await startProvider({
        // Of a pushed request, known only to who reads it: a browser must not make the server look away.
        clients: clients.map((client) =>
          client.client_id === 'web' ? { ...client, default_max_age: 0 } : client,
        ),
        openid: { requestObjects, pushedRequests: true },
      });
      const { agent } = await signedIn(own);
      const { body } = await push(requestParams().params, { at: own });
      const beside = { request: '', redirect_uri: 'https://web.test/cb' };
      const page = await agent.follow(urlOf(body.request_uri, beside, own));
      expect(page.text).toContain('Sign in');
      const other = await agent.follow(
        urlOf(body.request_uri, { client_id: 'spa', request: '' }, own),
      );
      expect(answerOf(other)).toMatchObject({ error: 'invalid_request_uri' });
      expect(other.location).not.toContain('state-inside');
      const empty = { ...requestParams().params, request: '', request_uri: '' };
      expect((await push(empty, { at: own })).status).toBe(201);
      await own.close();
    },
  );

  it('goes on when the browser’s session changed at a page, by another one, and is used up with it', async () => {
    const agent = browser();
    await agent.submit(await open(agent), ada);
    const { params } = requestParams({ prompt: 'login', login_hint: 'hinted' });
    const { body } = await push(params);
    const page = await agent.follow(urlOf(body.request_uri));
    // In another tab somebody else logs in.
    await agent.submit(await open(agent, { prompt: 'login' }), bob);
    const again = await agent.press(page, ada);
    expect(again.location).toMatch(/\/authorize\?client_id=web&request_uri=urn%3Aietf/);
    expect(again.location).not.toContain('hinted');
    expect(again.location).not.toContain(encodeURIComponent(String(body.request_uri)));
    const login = await agent.follow(again.location ?? '');
    expect(login.text).toContain('hinted');
    const back = await agent.submit(login, ada);
    expect(answerOf(back)).toMatchObject({ code: expect.any(String), state: 'state-inside' });
    const old = await agent.follow(urlOf(body.request_uri));
    expect(answerOf(old)).toMatchObject({ error: 'invalid_request_uri' });
  });

  it.each([
    'urn:ietf:params:oauth:request_uri:',
    'urn:ietf:params:oauth:request_uri:unknown',
    'urn:ietf:params:oauth:request_uri:~x',
    'urn:ietf:params:oauth:request_uri:__proto__',
    'urn:ietf:params:oauth:request_uri:\0',
    `urn:ietf:params:oauth:request_uri:${'a'.repeat(5000)}`,
  ])('that is none is refused (%#)', async (request_uri) => {
    const { agent } = await signedIn(suite.host);
    const beside = { redirect_uri: 'https://web.test/cb', state: 'beside' };
    const back = await agent.follow(urlOf(request_uri, beside));
    expect(answerOf(back)).toMatchObject({ error: 'invalid_request_uri', state: 'beside' });
    const away = await agent.follow(urlOf(request_uri, { redirect_uri: 'https://evil.test' }));
    expect([away.status, away.location]).toEqual([400, undefined]);
  });

  it('by its stored id, as a dump of the store shows it, is refused', async () => {
    const store = memoryStore();
    const own = await startProvider({ store, openid: { pushedRequests: true } });
    const { body } = await push(requestParams({ login_hint: 'hinted' }).params, { at: own });
    const { records } = await store.list('PushedAuthorizationRequest', 'all', { now: 0 });
    expect(records).toHaveLength(1);
    const [{ id = '', payload = '' } = {}] = records;
    expect(String(body.request_uri)).not.toContain(id);
    expect(payload).not.toContain('hinted');
    for (const name of [id, `~${id}`]) {
      const url = urlOf(`urn:ietf:params:oauth:request_uri:${name}`, {}, own);
      expect(answerOf(await browser(own).follow(url))).toMatchObject({
        error: 'invalid_request_uri',
      });
    }
    await own.close();
  });

  it('that leads elsewhere is never fetched: request_uri_not_supported (Core §3.1.2.6) [core-6.2-fetch]', async () => {
    let asked = 0;
    const own = await startProvider({
      openid: { pushedRequests: true },
      after: (app) =>
        void app.use('/object', (_req, res) => {
          asked += 1;
          res.end();
        }),
    });
    for (const uri of [`${own.origin}/object`, 'https://169.254.169.254/', 'file:///etc/passwd']) {
      const back = await browser(own).follow(urlOf(uri, {}, own));
      expect(answerOf(back)).toMatchObject({ error: 'request_uri_not_supported' });
    }
    expect(asked).toBe(0);
    await own.close();
  });

  it('comes twice: invalid_request', async () => {
    const { body } = await push(requestParams().params);
    const url = `${urlOf(body.request_uri)}&request_uri=x`;
    expect(answerOf(await browser().follow(url))).toMatchObject({ error: 'invalid_request' });
  });
});
