import { decodeJwt } from 'jose';
import { type BrowserAgent, pkce, type Reply } from '../../core/test/browser-agent.js';
import type { TestHost } from '../../core/test/host.js';
import { answerOf, bob, headingOf, press, start } from '../../core/test/interaction-page.js';
import { authorizationUrl, codeOf, redeem } from '../../core/test/oauth-client.js';
import { signedIn } from './provider.js';

export const openid = { scope: 'openid' } as const;
export const select = { ...openid, prompt: 'select_account' } as const;
export const none = { ...openid, prompt: 'none' } as const;

/** What tests do with a browser in which several people are signed in. */
export interface SeveralAccounts {
  /** Who the client `web` is told about by a request that leads straight back to it; or its error. */
  who(agent: BrowserAgent, params?: Record<string, string>): Promise<string | undefined>;
  /** Presses “use another account” on the page of `prompt=select_account`, and logs in there. */
  add(agent: BrowserAgent, person: Record<string, string>): Promise<Reply>;
  /** A browser in which Ada and then Bob have logged in; and what Ada's client got. */
  both(): Promise<{ agent: BrowserAgent; hint: string; refreshToken: string }>;
}

/** Makes it. `host` is asked when it is needed: it starts after this. */
export function severalAccounts(host: () => TestHost): SeveralAccounts {
  const several: SeveralAccounts = {
    async who(agent, params = none) {
      const { verifier, challenge } = pkce();
      const back = await agent.follow(authorizationUrl(host(), 'web', challenge, params));
      const { error } = back.location === undefined ? { error: 'a page' } : answerOf(back);
      if (error !== undefined) return error;
      const { body } = await redeem(host(), 'web', codeOf(back), verifier);
      return decodeJwt(String(body.id_token)).sub;
    },
    async add(agent, person) {
      const page = await start(host(), agent, 'web', select);
      const login = await agent.submit(page, { choice: 'other' });
      expect(headingOf(login)).toBe('Sign in');
      return agent.submit(login, person);
    },
    async both() {
      const { agent, tokens } = await signedIn(host());
      expect(answerOf(await several.add(agent, bob))).toHaveProperty('code');
      return { agent, hint: tokens.id_token, refreshToken: tokens.refresh_token };
    },
  };
  return several;
}

/** The buttons of a page, by what is read on them. */
export function buttonsOf({ text }: Reply): Record<string, Record<string, string>> {
  const buttons = [
    ...text.matchAll(/<button[^>]*name="([^"]+)" value="([^"]*)"[^>]*>(.*?)<\/button>/gs),
  ];
  return Object.fromEntries(
    buttons.map(([, name = '', value = '', label = '']) => [
      label.replaceAll(/<[^>]+>/g, '').trim(),
      { [name]: value },
    ]),
  );
}

/** Presses the button of a page that reads so. */
export async function choose(agent: BrowserAgent, page: Reply, label: string): Promise<Reply> {
  const fields = buttonsOf(page)[label];
  if (!fields) throw new Error(`no button ${label}: ${Object.keys(buttonsOf(page)).join(', ')}`);
  if (!page.url.includes('/interaction/')) return agent.submit(page, fields);
  // A form at a time: the page of the login has several.
  const { location = page.url } = await press(agent, page, fields);
  return agent.follow(location);
}
