import { type BrowserAgent, pkce, type Reply } from './browser-agent.js';
import type { TestHost } from './host.js';
import { authorizationUrl } from './oauth-client.js';

/** Ada's answer on the login page. */
export const ada = { method: 'password', identifier: 'ada', password: 'ada-pw' } as const;

/** Bob's. */
export const bob = { method: 'password', identifier: 'bob', password: 'bob-pw' } as const;

/** Starts an authorization request and returns the page that it leads to. */
export function start(
  host: TestHost,
  agent: BrowserAgent,
  clientId: string,
  params: Record<string, string> = {},
): Promise<Reply> {
  return agent.follow(authorizationUrl(host, clientId, pkce().challenge, params));
}

/** The heading of a page, as a person reads it. */
export function headingOf({ text }: Reply): string {
  const [, heading = ''] = /<h1[^>]*>(.*?)<\/h1>/s.exec(text) ?? [];
  return heading.replaceAll(/<[^>]+>/g, '');
}

/** The hidden field that proves where a form came from. */
export function csrfOf({ text }: Reply): string {
  return /name="csrf" value="([^"]+)"/.exec(text)?.[1] ?? '';
}

/** Sends the form of a page as it is, without following. */
export function press(
  agent: BrowserAgent,
  page: Reply,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Reply> {
  return agent.post(page.url, { csrf: csrfOf(page), ...fields }, headers);
}

/** What a redirect to the client says. */
export function answerOf(reply: Reply): Record<string, string> {
  return Object.fromEntries(new URL(reply.location ?? 'none:').searchParams);
}
