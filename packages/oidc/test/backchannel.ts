import { setTimeout as delay } from 'node:timers/promises';
import type { ClientOptions } from '@gatehouse/core';
import { decodeJwt } from 'jose';
import type { BrowserAgent } from '../../core/test/browser-agent.js';
import type { HostOptions, TestHost } from '../../core/test/host.js';
import { redeem, takeCode } from '../../core/test/oauth-client.js';
import { goHome } from '../../core/test/travel.js';
import { type LogoutReceiver, startReceiver } from '../../../scripts/testing/logout-receiver.js';
import { signedClients, startProvider } from './provider.js';

/** Clients that are told, but for `partner`. */
export function tellable(origin: string): readonly ClientOptions[] {
  return signedClients.map((client) =>
    client.client_id === 'partner' || client.redirect_uris === undefined
      ? client
      : {
          ...client,
          backchannel_logout_uri: `${origin}/${client.client_id}?secret=in-the-url`,
          ...(client.client_id === 'spa' ? { backchannel_logout_session_required: true } : {}),
        },
  );
}

/** A provider whose clients are told of logouts, and where they hear of them. */
export interface TellingSuite {
  readonly receiver: LogoutReceiver;
  readonly host: TestHost;
  /** The events of deliveries, of every host of the suite. */
  readonly told: Record<string, unknown>[];
  /** Starts another such provider. */
  start(options?: HostOptions): Promise<TestHost>;
  /** Waits for the events of so many deliveries. */
  outcomes(count: number): Promise<readonly Record<string, unknown>[]>;
  /** Nothing more comes. */
  expectQuiet(count: number): Promise<void>;
}

/** Starts both for all tests of a file. */
export function tellingSuite(): TellingSuite {
  let receiver: LogoutReceiver;
  let host: TestHost;
  const told: Record<string, unknown>[] = [];

  async function start(options: HostOptions = {}): Promise<TestHost> {
    const outbound = { allowLoopback: true };
    const clients = tellable(receiver.origin);
    const started = await startProvider({ clients, outbound, ...options });
    for (const name of ['logout.delivered', 'logout.failed'] as const) {
      started.auth.on(name, (happened) => void told.push({ ...happened }));
    }
    return started;
  }

  beforeAll(async () => {
    receiver = await startReceiver();
    host = await start();
  });
  afterEach(() => {
    goHome();
    receiver.received.length = 0;
    receiver.answers = [];
    receiver.page = '';
    told.length = 0;
  });
  afterAll(async () => {
    await host.close();
    await receiver.close();
  });

  return {
    get receiver() {
      return receiver;
    },
    get host() {
      return host;
    },
    told,
    start,
    async outcomes(count) {
      for (let waited = 0; told.length < count && waited < 5000; waited += 20) await delay(20);
      return told;
    },
    async expectQuiet(count) {
      await delay(300);
      expect(receiver.received).toHaveLength(count);
    },
  };
}

/** What a client learns of the session at a login. */
export async function signIn(
  at: TestHost,
  clientId: string,
  agent: BrowserAgent,
  params: Record<string, string> = {},
): Promise<{ readonly idToken: string; readonly sid: unknown; readonly refreshToken: string }> {
  const redirect_uri = String(
    signedClients.find((client) => client.client_id === clientId)?.redirect_uris?.[0],
  );
  const walk = { agent, params: { scope: 'openid', redirect_uri, ...params } };
  const { code, verifier } = await takeCode(at, clientId, walk);
  const { body } = await redeem(at, clientId, code, verifier, { redirect_uri });
  const [idToken, refreshToken] = [String(body.id_token), String(body.refresh_token)];
  return { idToken, sid: decodeJwt(idToken).sid, refreshToken };
}

export const logOut = (at: TestHost, agent: BrowserAgent, idToken: string): Promise<unknown> =>
  agent.get(`${at.issuer}/logout?id_token_hint=${idToken}`);
