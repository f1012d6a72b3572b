import type { AppsPageData } from '@gatehouse/consent';
import type { BrowserAgent, Reply } from './browser-agent.js';
import type { TestHost } from './host.js';

/** The page of connected apps, as a front end of the host's gets it. */
export interface AppsReply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: {
    readonly page?: string;
    readonly redirect?: string;
    readonly form?: { readonly action: string; readonly csrf: string };
    readonly data?: AppsPageData & { readonly kind?: string; readonly error?: string };
  };
}

/** Opens the page of connected apps as JSON. */
export async function openApps(
  host: TestHost,
  agent: BrowserAgent,
  url: string = `${host.issuer}/apps`,
): Promise<AppsReply> {
  const { status, headers, text } = await agent.get(url, { accept: 'application/json' });
  return { status, headers, body: JSON.parse(text) as AppsReply['body'] };
}

/** The ids of the clients on the page, in its order. */
export async function appsOf(host: TestHost, agent: BrowserAgent): Promise<string[]> {
  const { body } = await openApps(host, agent);
  return (body.data?.apps ?? []).map(({ client }) => client.client_id);
}

/** Presses Remove in the HTML page. */
export async function removeApp(
  host: TestHost,
  agent: BrowserAgent,
  clientId: string,
): Promise<Reply> {
  const page = await agent.get(`${host.issuer}/apps`);
  return agent.press(page, { client_id: clientId });
}
