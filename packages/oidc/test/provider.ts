import { consentScreen } from '@gatehouse/consent';
import type { ClientOptions } from '@gatehouse/core';
import { passwordLogin } from '@gatehouse/login-password';
import { type ClaimsMap, openidConnect, type OpenidConnectOptions } from '@gatehouse/oidc';
import { type BrowserAgent, browserAgent } from '../../core/test/browser-agent.js';
import {
  clients as oauthClients,
  type HostOptions,
  type Person,
  startHost,
  type TestHost,
} from '../../core/test/host.js';
import { ada, type bob } from '../../core/test/interaction-page.js';
import { logIn, type Tokens } from '../../core/test/oauth-client.js';

export const scopes =
  'openid profile email company offline_access notes:read notes:write ledger:read';

/** The clients of the OAuth host, which may ask for OpenID scopes too. */
export const clients: readonly ClientOptions[] = oauthClients.map((client) =>
  client.client_id === 'web' || client.client_id === 'partner' || client.client_id === 'spa'
    ? { ...client, scope: scopes, post_logout_redirect_uris: ['https://web.test/bye'] }
    : client,
);

/** And one for each algorithm: RSA keys take their time to make. */
export const signedClients: readonly ClientOptions[] = [
  ...clients,
  ...(['ES256', 'PS256', 'EdDSA'] as const).map((alg) => ({
    client_id: alg,
    token_endpoint_auth_method: 'none' as const,
    redirect_uris: ['https://web.test/cb'],
    id_token_signed_response_alg: alg,
    userinfo_signed_response_alg: alg,
    firstParty: true,
  })),
];

/** What the host tells of a person. */
export const claims: ClaimsMap<Person> = {
  profile: async (person) => ({ name: person.name, 'name#de': `${person.name} (deutsch)` }),
  email: {
    email: (person) => `${person.id}@people.test`,
    email_verified: { value: () => true, in: ['id_token', 'userinfo'] },
  },
  company: { company_id: { value: () => 'acme', in: ['userinfo', 'access_token'] } },
};

/** Starts the test host with OpenID Connect. */
export function startProvider(
  options: HostOptions & { readonly openid?: OpenidConnectOptions<Person> } = {},
): Promise<TestHost> {
  const { openid = {}, ...host } = options;
  const passwords = new Map([
    ['ada', 'ada-pw'],
    ['bob', 'bob-pw'],
    // For whom a test makes an account.
    ...['c', 'd', 'e', 'f'].map((id) => [id, `${id}-pw`] as const),
  ]);
  return startHost({
    clients,
    plugins: [
      passwordLogin({
        verify: ({ identifier, password }) =>
          passwords.get(identifier) === password ? identifier : undefined,
      }),
      consentScreen(),
      openidConnect<Person>({ claims, scopes: { company: 'See your company' }, ...openid }),
    ],
    ...host,
  });
}

/** A browser in which a person is logged in, and what the client `web` got. */
export interface SignedIn {
  readonly agent: BrowserAgent;
  readonly tokens: Required<Tokens>;
}

/** Logs somebody in, in a browser of their own. */
export async function signedIn(
  host: TestHost,
  { identifier, password }: typeof ada | typeof bob = ada,
): Promise<SignedIn> {
  const agent = browserAgent(host.origin);
  const params = { scope: 'openid notes:read' };
  const tokens = await logIn(host, 'web', { agent, params, person: { identifier, password } });
  return { agent, tokens: { id_token: '', ...tokens } };
}

/** An answer of the userinfo endpoint. */
export async function userinfo(
  host: TestHost,
  accessToken: string,
  init: RequestInit = { headers: { authorization: `Bearer ${accessToken}` } },
): Promise<{ status: number; headers: Headers; text: string; body: Record<string, unknown> }> {
  const reply = await fetch(`${host.origin}${host.mount}/userinfo`, init);
  const text = await reply.text();
  const body = text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {};
  return { status: reply.status, headers: reply.headers, text, body };
}

/** The hidden fields of the form on a page: what an answer by `form_post` says. */
export function hiddenFieldsOf(text: string): Record<string, string> {
  const inputs = [...text.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
  return Object.fromEntries(inputs.map(([, name = '', value = '']) => [name, value]));
}
