import {
  type AuthorizationServer,
  createAuthorizationServer,
  type ResourcesOptions,
  type ServerExtensions,
  type ServerOptions,
} from '@gatehouse/core';
import express, { type RequestHandler } from 'express';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { listen } from '../../../docs/examples/guide/listen.js';
import {
  browserAgent,
  type BrowserAgent,
  pkce,
  type Reply,
} from '../../../scripts/testing/browser-agent.js';
import type { User } from '../your-app.js';

export type Options = ServerOptions<User, ResourcesOptions>;

/** A server of the example that runs. */
export interface Running {
  readonly auth: AuthorizationServer<ResourcesOptions> & ServerExtensions;
  /** Where it is reached, whatever its issuer says. */
  readonly origin: string;
  readonly agent: BrowserAgent;
  close(): Promise<void>;
}

/** Starts a server with these options on a free port. */
export async function run(options: Options, ...before: RequestHandler[]): Promise<Running> {
  const auth = await createAuthorizationServer(options);
  const app = express().use(...before, auth.routes());
  const listening = await listen(app);
  return {
    auth,
    origin: listening.origin,
    agent: browserAgent(listening.origin, new URL(options.issuer).origin),
    async close() {
      await listening.close();
      await auth.close();
    },
  };
}

const redirect_uri = 'https://app.acme.example/callback';

/** Begins a login at the client `web`. */
export function begin(
  { agent, auth }: Running,
  params: Record<string, string> = {},
): Promise<Reply> {
  const query = new URLSearchParams({
    ...{ client_id: 'web', response_type: 'code', redirect_uri, state: 's' },
    ...{ scope: 'openid profile notes:read', code_challenge_method: 'S256', ...params },
  });
  return agent.follow(`${auth.issuer}/authorize?${query}`);
}

/** Sends a form to the token endpoint as the client `web`. */
export async function redeem(
  { origin }: Running,
  fields: Record<string, string>,
): Promise<Record<string, unknown>> {
  const basic = Buffer.from(`web:${process.env.WEB_SECRET}`).toString('base64');
  const response = await fetch(`${origin}/auth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${basic}` },
    body: new URLSearchParams({ redirect_uri, ...fields }),
  });
  return (await response.json()) as Record<string, unknown>;
}

/** The whole flow, with the pages that were seen. */
export async function logIn(
  running: Running,
  password = 'demo-password',
): Promise<{ pages: string[]; tokens: Record<string, unknown> }> {
  const { verifier, challenge } = pkce();
  const pages: string[] = [];
  let page = await begin(running, { code_challenge: challenge });
  while (page.location === undefined && pages.length < 3) {
    pages.push(page.text);
    const fields = { identifier: 'ada', password, decision: 'allow' };
    page = await running.agent.submit(page, fields);
  }
  const code = new URL(page.location ?? 'none:').searchParams.get('code') ?? '';
  const fields = { grant_type: 'authorization_code', code, code_verifier: verifier };
  return { pages, tokens: await redeem(running, fields) };
}

/** All that can be seen of a server from outside, without what differs from run to run. */
export async function effectsOf(options: Options): Promise<object> {
  const counters: object[] = [];
  const warnings: string[] = [];
  const logger = {
    ...{ debug() {}, info() {}, error() {} },
    warn: (_context: object, message: string) => void warnings.push(message),
  };
  const limits: NonNullable<Options['limits']> = (counter) => {
    counters.push(counter);
    return new RateLimiterMemory(counter);
  };
  const running = await run({ ...options, logger, limits });
  try {
    const { origin, agent, auth } = running;
    const { pages, tokens } = await logIn(running);
    const { access_token, refresh_token, id_token, ...answer } = tokens;
    const refresh = { grant_type: 'refresh_token', refresh_token: String(refresh_token) };
    const [refreshed, again] = [await redeem(running, refresh), await redeem(running, refresh)];
    const info = await fetch(`${origin}/auth/userinfo`, {
      headers: { authorization: `Bearer ${access_token}` },
    });
    const [session] = (await auth.sessions.list({ accountId: 'ada' })).sessions;
    const requests = [
      await begin(running), // without PKCE
      await begin(running, { code_challenge: pkce().challenge, request: 'e30.e30.' }),
      await begin(running, { code_challenge: pkce().challenge, acr_values: 'acme' }),
    ];
    const apps = await agent.get(`${auth.issuer}/apps`);
    return {
      counters,
      warnings,
      answer,
      documents: await Promise.all(
        ['openid-configuration', 'oauth-authorization-server'].map(async (name) =>
          (await fetch(`${origin}/.well-known/${name}/auth`)).json(),
        ),
      ),
      pages: pages.map(stable),
      apps: [apps.status, stable(apps.text)],
      idToken: stableJwt(String(id_token)),
      accessToken: stableJwt(String(access_token)),
      userinfo: [info.headers.get('content-type'), await info.text()],
      rotates: refreshed.refresh_token !== refresh_token,
      replays: again.refresh_token === refreshed.refresh_token,
      session: session && session.expiresAt - session.lastUsedAt,
      requests: requests.map(({ location }) => stableAddress(location)),
      par: (await fetch(`${origin}/auth/par`, { method: 'POST' })).status,
    };
  } finally {
    await running.close();
  }
}

const stable = (page: string): string =>
  page
    .replace(/nonce="[^"]*"/g, '')
    .replace(/name="csrf" value="[^"]*"/g, '')
    .replace(/\/interaction\/[\w-]+/g, '')
    .replace(/<time[^>]*>[^<]*/g, '')
    .replace(/value="[\w-]{20,}"/g, '');

function stableJwt(jwt: string): object | string {
  if (!jwt.includes('.')) return 'opaque';
  const { kid: _kid, ...header } = decodeProtectedHeader(jwt);
  const { exp = 0, iat = 0, ...claims } = decodeJwt(jwt);
  const random = ['jti', 'sid', 'grant_id', 'at_hash', 'auth_time'];
  const stays = Object.entries(claims).map(([name, value]) => [
    name,
    random.includes(name) ? typeof value : value,
  ]);
  return { header, lifetime: exp - iat, claims: Object.fromEntries(stays) };
}

function stableAddress(address = 'none:'): Record<string, string> {
  const { code, ...query } = Object.fromEntries(new URL(address).searchParams);
  return code === undefined ? query : { ...query, code: 'a code' };
}
