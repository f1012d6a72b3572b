import { readFileSync } from 'node:fs';
import type { ClientOptions } from '@gatehouse/core';
import { type JWTPayload, createRemoteJWKSet, jwtVerify } from 'jose';
import { provider } from '../../../../examples/openid/provider.js';
import { type LogoutReceiver, startReceiver } from '../../../../scripts/testing/logout-receiver.js';
import { type BrowserAgent, browserAgent, type Reply } from '../../../core/test/browser-agent.js';
import { type HostOptions, startHost, type TestHost } from '../../../core/test/host.js';
import { headingOf } from '../../../core/test/interaction-page.js';
import { basic, send } from '../../../core/test/machine-client.js';
import type { Answer } from '../../../core/test/oauth-client.js';
import { hiddenFieldsOf } from '../provider.js';

// The walk goes through the example that the suite is run against: its people, claims, plugins and file of clients.
const file = new URL('../../../../examples/openid/conformance-clients.json', import.meta.url);
const clients: readonly ClientOptions[] = JSON.parse(readFileSync(file, 'utf8'));
const person = { method: 'password', identifier: 'ada', password: 'demo-password' };

const clientOf = (clientId: string): ClientOptions => {
  const client = clients.find((one) => one.client_id === clientId);
  if (client === undefined) throw new Error(`${clientId} is not in ${file.pathname}`);
  return client;
};

/** The client of most modules. */
export const usual = 'conformance';
export const [redirect_uri = ''] = clientOf(usual).redirect_uris ?? [];
export const [bye = ''] = clientOf(usual).post_logout_redirect_uris ?? [];

/** Where the suite walks: mount, and how the answers of the authorization endpoint come. */
export const plans = [
  ['', 'query'],
  ['/auth', 'query'],
  ['', 'form_post'],
  ['/auth', 'form_post'],
] as const;

/** The provider of the example, and what its clients are told behind the browser's back. */
export interface SuiteHost extends TestHost {
  readonly receiver: LogoutReceiver;
  /** What discovery says. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** Starts it. Each `backchannel_logout_uri` leads to the receiver, and nothing else is changed. */
export async function startSuiteProvider(mount: string): Promise<SuiteHost> {
  const receiver = await startReceiver();
  const moved = ({ backchannel_logout_uri: uri, ...client }: ClientOptions): ClientOptions =>
    uri === undefined
      ? client
      : { ...client, backchannel_logout_uri: `${receiver.origin}${new URL(uri).pathname}` };
  // The host of the tests says that its accounts are its own people. These are the members of the example.
  const theirs = provider as unknown as HostOptions;
  const outbound = { allowLoopback: true };
  const host = await startHost({ ...theirs, mount, outbound, clients: clients.map(moved) });
  const reply = await fetch(`${host.issuer}/.well-known/openid-configuration`);
  return {
    ...host,
    receiver,
    metadata: (await reply.json()) as SuiteHost['metadata'],
    async close() {
      await host.close();
      await receiver.close();
    },
  };
}

/** What became of an authorization request. */
export interface Outcome {
  /** What came back to the client; empty when nothing did. */
  readonly answer: Readonly<Record<string, string>>;
  /** Headings of the pages that the person went through. */
  readonly pages: readonly string[];
  /** Where it ended. */
  readonly reply: Reply;
}

/** Tokens, and the ID token's claims once they were verified. */
export interface SuiteTokens {
  readonly body: Readonly<Record<string, unknown>>;
  readonly idToken: JWTPayload;
  readonly accessToken: string;
}

/** A relying party of the suite, with the browser of its person. */
export interface SuiteClient {
  readonly agent: BrowserAgent;
  /** Asks; the person logs in and allows where asked. An empty parameter is left out. */
  ask(params?: Readonly<Record<string, string>>, method?: 'GET' | 'POST'): Promise<Outcome>;
  redeem(code: string, clientId?: string, verifier?: string): Promise<Answer>;
  refresh(refreshToken: string, clientId?: string): Promise<Answer>;
  /** Asks, redeems, and checks the ID token as a client does. */
  logIn(params?: Readonly<Record<string, string>>): Promise<SuiteTokens & Outcome>;
  verify(idToken: string): Promise<JWTPayload>;
}

/** Makes one, whose browser nobody is logged in in. */
export function suiteClientOf(host: TestHost, response_mode: string): SuiteClient {
  const agent = browserAgent(host.origin);
  const jwks = createRemoteJWKSet(new URL(`${host.issuer}/jwks`));

  function tokenRequest(form: Record<string, string>, client_id = usual): Promise<Answer> {
    const { client_secret = '', token_endpoint_auth_method } = clientOf(client_id);
    return token_endpoint_auth_method === 'client_secret_post'
      ? send(host, '/token', { ...form, client_id, client_secret })
      : send(host, '/token', form, { authorization: basic(client_id, client_secret) });
  }

  const client: SuiteClient = {
    agent,

    async ask(params = {}, method = 'GET') {
      const query = new URLSearchParams({
        client_id: usual,
        response_type: 'code',
        redirect_uri,
        scope: 'openid',
        state: 'the-state',
        nonce: 'the-nonce',
        // The plan leaves it out where it is the default.
        ...(response_mode === 'query' ? {} : { response_mode }),
        ...params,
      });
      for (const [name, value] of Object.entries(params)) if (value === '') query.delete(name);
      const url = `${host.issuer}/authorize`;
      let reply =
        method === 'GET'
          ? await agent.follow(`${url}?${query}`)
          : await agent.follow((await agent.post(url, Object.fromEntries(query))).location ?? '');
      const pages: string[] = [];
      for (let steps = 0; steps < 4; steps += 1) {
        const isLogin = reply.text.includes('name="password"');
        if (!isLogin && !reply.text.includes('value="allow"')) break;
        pages.push(headingOf(reply));
        reply = await agent.submit(reply, isLogin ? person : { decision: 'allow' });
      }
      return { answer: answerOf(reply), pages, reply };
    },

    redeem(code, clientId, verifier) {
      const proof = verifier === undefined ? {} : { code_verifier: verifier };
      const form = { grant_type: 'authorization_code', code, redirect_uri, ...proof };
      return tokenRequest(form, clientId);
    },
    refresh: (refresh_token, clientId) =>
      tokenRequest({ grant_type: 'refresh_token', refresh_token }, clientId),

    async logIn(params = {}) {
      const outcome = await client.ask(params);
      const { body } = await client.redeem(outcome.answer.code ?? '', params.client_id);
      const idToken = await client.verify(String(body.id_token));
      return { ...outcome, body, idToken, accessToken: String(body.access_token) };
    },

    async verify(idToken) {
      const { payload, protectedHeader } = await jwtVerify(idToken, jwks, {
        issuer: host.issuer,
        algorithms: ['RS256'],
      });
      if (protectedHeader.kid === undefined) throw new Error('the ID token names no key');
      return payload;
    },
  };
  return client;
}

function answerOf({ location, text }: Reply): Record<string, string> {
  if (location === undefined) {
    return text.includes(`action="${redirect_uri}"`) ? hiddenFieldsOf(text) : {};
  }
  if (!location.startsWith(`${redirect_uri}?`)) throw new Error(`sent to ${location}`);
  return Object.fromEntries(new URL(location).searchParams);
}
