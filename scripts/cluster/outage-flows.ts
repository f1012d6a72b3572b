import { randomUUID } from 'node:crypto';
import { type BrowserAgent, pkce, type Reply } from '../testing/browser-agent.js';
import {
  authorizationUrl,
  authorize,
  browserOf,
  type Code,
  call,
  codeOf,
  openApi,
  redeem,
  refresh,
  takeCode,
} from './client.js';
import { clusterClients, notes, type NodeConfig } from './node-config.js';
import type { Cluster } from './start-cluster.js';

/** Clients of a cluster whose pages are probed: those of every cluster, and one that must ask for consent. */
export const probedClients: NodeConfig['clients'] = [
  ...clusterClients,
  {
    client_id: 'partner',
    client_name: 'Partner',
    client_secret: 'partner-secret-0123456789-abcdefghijkl',
    redirect_uris: ['https://partner.test/cb'],
    scope: 'notes:read ledger:read',
  },
];

interface GivenTokens {
  readonly access: string;
  readonly refresh: string;
}

/** Every flow, walked to the point where the store is needed next. */
export interface OpenFlows {
  /** Of somebody who is logged in. */
  readonly browser: BrowserAgent;
  readonly code: Code;
  readonly opaque: GivenTokens;
  readonly jwt: GivenTokens;
  /** To be revoked. */
  readonly spare: GivenTokens;
  /** A person who has not sent the login form yet, and one who has not answered the consent page. */
  readonly stranger: BrowserAgent;
  readonly loginPage: Reply;
  readonly newcomer: BrowserAgent;
  readonly consentPage: Reply;
}

/** What the forms are filled in with. */
export const login = { method: 'password', identifier: 'cyd', password: 'cyd-pw' } as const;
export const consent = { decision: 'allow' } as const;

const ledgerScope = 'ledger:read';

/** Walks them. */
export async function openFlows(cluster: Cluster): Promise<OpenFlows> {
  const browser = browserOf(cluster);
  const stranger = browserOf(cluster);
  const newcomer = browserOf(cluster);
  // Who has allowed it once is not asked again.
  const person = `bob-${randomUUID()}`;
  return {
    browser,
    code: await takeCode(cluster, 'web', 'ada', browser, ledgerScope),
    opaque: await tokensOf(cluster, 'ada', ledgerScope),
    jwt: await tokensOf(cluster, 'ada', 'notes:read'),
    spare: await tokensOf(cluster, 'eve', ledgerScope),
    stranger,
    loginPage: await stranger.follow(requestUrl(cluster, 'spa')),
    newcomer,
    consentPage: await authorize(cluster, 'partner', person, pkce().challenge, newcomer),
  };
}

/** Goes on with the same code, refresh token and forms. */
export async function goOn(
  cluster: Cluster,
  { browser, code, opaque, spare, stranger, loginPage, newcomer, consentPage }: OpenFlows,
): Promise<Readonly<Record<string, unknown>>> {
  const next = await refresh(cluster, 'web', opaque.refresh);
  const fresh = String(next.body.access_token);
  const revoked = await call(cluster, '/revoke', 'web', { token: spare.refresh });
  return {
    code: (await redeem(cluster, 'web', code)).status,
    refresh: next.status,
    'token of the refresh': await openApi(cluster.origin, '/api/ledger', fresh),
    'token of before': await openApi(cluster.origin, '/api/ledger', opaque.access),
    'login form': hasCode(await stranger.submit(loginPage, login)),
    'consent form': hasCode(await newcomer.submit(consentPage, consent)),
    revoke: revoked.status,
    'revoked token': (await refresh(cluster, 'web', spare.refresh)).body.error,
    'session of before': hasCode(await browser.get(requestUrl(cluster, 'web'))),
  };
}

/** What {@link goOn} gives when nothing was spent. */
export const allWell: Readonly<Record<string, unknown>> = {
  code: 200,
  refresh: 200,
  'token of the refresh': 200,
  'token of before': 200,
  'login form': true,
  'consent form': true,
  revoke: 200,
  'revoked token': 'invalid_grant',
  'session of before': true,
};

async function tokensOf(cluster: Cluster, person: string, scope: string): Promise<GivenTokens> {
  const code: Code = await takeCode(cluster, 'web', person, browserOf(cluster), scope);
  const { body } = await redeem(cluster, 'web', code);
  return { access: String(body.access_token), refresh: String(body.refresh_token) };
}

/** Where an authorization request of a client begins. */
export function requestUrl(cluster: Cluster, clientId: string): string {
  return authorizationUrl(cluster, clientId, pkce().challenge, { resource: notes });
}

function hasCode({ location }: Pick<Reply, 'location'>): boolean {
  return codeOf(location) !== undefined;
}
