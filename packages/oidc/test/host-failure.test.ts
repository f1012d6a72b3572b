import type { BrowserAgent } from '../../core/test/browser-agent.js';
import type { Person, TestHost } from '../../core/test/host.js';
import { answerOf, bob, press, start } from '../../core/test/interaction-page.js';
import { startProvider } from './provider.js';
import { buttonsOf, none, openid, select, severalAccounts } from './several-accounts.js';

let host: TestHost;
let fails: boolean;
beforeEach(async () => {
  fails = false;
  host = await startProvider({
    accounts: {
      find: (id) => host.people.get(id),
      id: ({ id }: Person) => id,
      label({ name }: Person) {
        if (fails) throw new Error('the host cannot say');
        return name;
      },
    },
  });
});
afterEach(() => host.close());

const { who, both } = severalAccounts(() => host);

async function accountsOf(agent: BrowserAgent): Promise<string[]> {
  return Object.keys(buttonsOf(await start(host, agent, 'web', select)));
}

describe('a request that fails because of the host', () => {
  it('leaves the accounts of the browser as they were', async () => {
    const { agent, hint } = await both();
    fails = true;
    const failed = await start(host, agent, 'web', { ...none, id_token_hint: hint });
    expect(answerOf(failed).error ?? failed.status).toBe(500);
    fails = false;
    expect(await who(agent)).toBe('bob');
    expect(await accountsOf(agent)).toEqual([
      'Continue as Bob',
      'Continue as Ada',
      'Use another account',
    ]);
  });

  it('on the way back from a login leaves the session that was there', async () => {
    const { agent } = await both();
    const login = await start(host, agent, 'web', { ...openid, prompt: 'login' });
    const { location = '' } = await press(agent, login, bob);
    fails = true;
    expect((await agent.follow(location)).status).toBe(500);
    fails = false;
    expect(await who(agent)).toBe('bob');
    expect(answerOf(await agent.follow(location))).toHaveProperty('code');
  });
});
