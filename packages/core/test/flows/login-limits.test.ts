import { type BrowserAgent, browserAgent, type Reply } from '../browser-agent.js';
import { startHost, type TestHost } from '../host.js';
import { answerOf, headingOf, press, start } from '../interaction-page.js';
import { goHome, travel } from '../travel.js';

const minute = 60;

let host: TestHost;
afterEach(async () => {
  goHome();
  await host.close();
});

/** Somebody at an address, as a proxy tells it. */
interface Visitor {
  readonly agent: BrowserAgent;
  readonly page: Reply;
  attempt(identifier: string, password: string): Promise<Reply>;
}

async function visitor(address: string): Promise<Visitor> {
  const agent = browserAgent(host.origin);
  const page = await start(host, agent, 'web');
  return {
    agent,
    page,
    attempt: (identifier, password) =>
      press(
        agent,
        page,
        { method: 'password', identifier, password },
        { 'x-forwarded-for': address },
      ),
  };
}

async function waitOf(reply: Reply): Promise<number> {
  if (reply.status === 422) return 0;
  expect(reply.status).toBe(429);
  const seconds = Number(reply.headers.get('retry-after'));
  expect(reply.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
  return seconds;
}

async function failOften(
  times: number,
  attempt: (index: number) => Promise<Reply>,
): Promise<number> {
  let looked = 0;
  for (let index = 0; index < times; index += 1) {
    if ((await waitOf(await attempt(index))) === 0) looked += 1;
  }
  return looked;
}

describe('behind a proxy that the host trusts', () => {
  beforeEach(async () => {
    host = await startHost({ after: (app) => void app.set('trust proxy', true) });
  });

  it('the sixth wrong password for one account from one address waits a minute, and longer the more follow', async () => {
    const { attempt } = await visitor('192.0.2.1');
    const waits: number[] = [];
    for (let round = 0; round < 24; round += 1) {
      const wait = await waitOf(await attempt('ada', 'wrong'));
      if (wait === 0) continue;
      waits.push(wait);
      travel(wait + 1);
    }
    expect(waits[0]).toBeLessThanOrEqual(minute);
    expect(waits[0]).toBeGreaterThan(minute - 5);
    expect(Math.max(...waits)).toBeGreaterThan(50 * minute);
    expect(waits.findIndex((wait) => wait > 5 * minute)).toBeGreaterThan(0);
  });

  it('says how long to wait on the page too, and keeps no password in it', async () => {
    const { attempt } = await visitor('192.0.2.1');
    await failOften(5, () => attempt('ada', 'a-wrong-password'));
    const reply = await attempt('ada', 'a-wrong-password');
    expect([reply.status, headingOf(reply)]).toEqual([429, 'Sign in']);
    expect(reply.text).toMatch(/Too many attempts\. Try again in \d+ seconds\./);
    expect(reply.text).not.toContain('a-wrong-password');
  });

  it('does not look at the right password while it waits, and does afterwards', async () => {
    const { attempt } = await visitor('192.0.2.1');
    await failOften(5, () => attempt('ada', 'wrong'));
    expect((await attempt('ada', 'ada-pw')).status).toBe(429);
    travel(minute + 1);
    expect((await attempt('ada', 'ada-pw')).status).toBe(303);
  });

  it('lets the person in from another address, whatever a stranger did', async () => {
    const stranger = await visitor('192.0.2.1');
    await failOften(12, () => stranger.attempt('ada', 'wrong'));
    const person = await visitor('198.51.100.7');
    const sent = await person.attempt('ada', 'ada-pw');
    expect(sent.status).toBe(303);
    expect(answerOf(await person.agent.follow(sent.location ?? ''))).toHaveProperty('code');
  });

  it('stops one address that tries one password on many accounts', async () => {
    const { attempt } = await visitor('192.0.2.1');
    expect(await failOften(60, (index) => attempt(`person ${index}`, 'wrong'))).toBe(50);
    expect((await attempt('ada', 'ada-pw')).status).toBe(429);
    expect((await (await visitor('192.0.2.2')).attempt('ada', 'ada-pw')).status).toBe(303);
  });

  it('answers an unknown name as a known one: status, words, waits', async () => {
    const shape = ({ status, text, headers }: Reply, name: string): unknown[] => [
      status,
      text
        .replaceAll(name, 'NAME')
        .replaceAll(/(nonce|value)="[\w-]{20,}"/g, '')
        .replaceAll(/interaction\/[\w-]+/g, '')
        .replaceAll(/in \d+ seconds/g, ''),
      headers.has('retry-after'),
    ];
    const known = await visitor('192.0.2.1');
    const unknown = await visitor('192.0.2.2');
    for (let round = 0; round < 8; round += 1) {
      const replies = [
        await known.attempt('ada', 'wrong'),
        await unknown.attempt('nobody', 'wrong'),
      ];
      expect(shape(replies[1] as Reply, 'nobody')).toEqual(shape(replies[0] as Reply, 'ada'));
    }
  });

  it('emits login.failed and login.limited, without a name and without an address', async () => {
    const events: object[] = [];
    for (const name of ['login.failed', 'login.limited'] as const) {
      host.auth.on(name, (event) => void events.push(event));
    }
    const { attempt } = await visitor('192.0.2.1');
    await failOften(6, () => attempt('ada', 'wrong'));
    expect(events).toHaveLength(6);
    expect(events[0]).toMatchObject({ name: 'login.failed', clientId: 'web', method: 'password' });
    expect(events[5]).toMatchObject({
      name: 'login.limited',
      retryAfterSeconds: expect.any(Number),
    });
    for (const secret of ['ada', 'wrong', '192.0.2.1']) {
      expect(JSON.stringify(events)).not.toContain(secret);
      expect(JSON.stringify(host.log)).not.toContain(secret);
    }
  });
});

describe('without a proxy that the host trusts', () => {
  beforeEach(async () => {
    host = await startHost();
  });

  it('X-Forwarded-For is not an address: nobody makes themselves a fresh count', async () => {
    let count = 0;
    const one = await visitor('192.0.2.1');
    const looked = await failOften(20, async () => {
      count += 1;
      return press(
        one.agent,
        one.page,
        { method: 'password', identifier: 'ada', password: 'wrong' },
        {
          'x-forwarded-for': `192.0.2.${count}`,
          'x-real-ip': `192.0.2.${count}`,
          forwarded: `for=192.0.2.${count}`,
        },
      );
    });
    expect(looked).toBe(5);
  });

  it('a hundred guesses at once get no more looks than one after another', async () => {
    const { attempt } = await visitor('192.0.2.1');
    const replies = await Promise.all(Array.from({ length: 100 }, () => attempt('ada', 'wrong')));
    const looked = await Promise.all(replies.map(waitOf));
    expect(looked.filter((wait) => wait === 0)).toHaveLength(5);
  });
});
