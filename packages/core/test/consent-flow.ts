import { type Store, type StoredRecord, systemClock } from '@gatehouse/core';
import { type BrowserAgent, pkce, type Reply } from './browser-agent.js';
import type { TestHost } from './host.js';
import { ada, type bob, headingOf } from './interaction-page.js';
import { authorizationUrl, codeOf, redeem, type Tokens } from './oauth-client.js';

/** Asks for all scopes of the client `partner`. */
export const both = { scope: 'notes:read notes:write' };

/** Presses Allow. */
export const allow = { decision: 'allow' };

/** Starts a request, logs Ada in if asked, and stops at the page or redirect after that. */
export async function ask(
  host: TestHost,
  agent: BrowserAgent,
  clientId: string,
  params: Record<string, string> = {},
  person: typeof ada | typeof bob = ada,
): Promise<Reply & { verifier: string }> {
  const { challenge, verifier } = pkce();
  const page = await agent.follow(authorizationUrl(host, clientId, challenge, params));
  const next = headingOf(page) === 'Sign in' ? await agent.submit(page, person) : page;
  return { ...next, verifier };
}

/** Redeems the code of a redirect. */
export async function tokensOf(
  host: TestHost,
  back: Reply,
  clientId: string,
  verifier: string,
  more: Record<string, string> = {},
): Promise<Tokens> {
  const { status, body } = await redeem(host, clientId, codeOf(back), verifier, more);
  expect(status).toBe(200);
  return body as unknown as Tokens;
}

/** Whether a page asks for consent. */
export const isAsked = ({ text }: Reply): boolean => text.includes('value="allow"');

/** All records of a kind. */
export async function recordsOf(store: Store, kind: string): Promise<readonly StoredRecord[]> {
  return (await store.list(kind, 'all', { now: systemClock.now() })).records;
}
