import { browserAgent } from './browser-agent.js';
import type { TestHost } from './host.js';
import { authorize, codeOf } from './oauth-client.js';

/** Where the client `web` is sent back to. */
export const redirect_uri = 'https://web.test/cb';

/** What an API of the host says to a token: its answer, or the status that refuses. */
export async function notesOf(
  host: TestHost,
  accessToken: string,
  path = '/api/notes',
): Promise<unknown> {
  const headers = { authorization: `Bearer ${accessToken}` };
  const reply = await fetch(`${host.origin}${path}`, { headers });
  return reply.status === 200 ? reply.json() : reply.status;
}

/** Logs Ada in at the address that a library made, and returns where she is sent. */
export async function walk(host: TestHost, url: URL | string): Promise<URL> {
  const back = await authorize(browserAgent(host.origin), String(url));
  codeOf(back);
  return new URL(back.location ?? '');
}
