import {
  assertion,
  assertionClaims,
  type ClientKey,
  clientKey,
  robotClient,
  sendAsserted,
} from './assertion.js';
import { type BrowserAgent, browserAgent, pkce } from './browser-agent.js';
import { clients, type HostOptions, ledgerApi, startHost, type TestHost } from './host.js';
import { introspect, openApi, send } from './machine-client.js';
import {
  authorizationUrl,
  call,
  codeOf,
  logIn,
  redeem,
  refresh,
  takeCode,
} from './oauth-client.js';

/** What counts the sequential rounds of a store or of its driver. */
export interface Rounds {
  reset(): void;
  rounds(): number;
}

/** The most rounds that a request of each flow may wait for, from the second authorization of a client in a session on. */
export const budgets = {
  'authorize: web': 2,
  'authorize: spa': 2,
  'authorize: partner': 2,
  'code exchange: JWT': 3,
  'code exchange: opaque': 3,
  'refresh: JWT': 3,
  'refresh: opaque': 3,
  'refresh: JWT, repeated': 3,
  'refresh: opaque, repeated': 3,
  'introspection: opaque': 2,
  'introspection: opaque, by the resource': 2,
  'introspection: refresh token': 2,
  'introspection: JWT': 2,
  "introspection: a client's JWT": 2,
  'introspection: unknown': 2,
  'client_credentials: opaque': 1,
  'client_credentials: JWT': 0,
  'guard: JWT': 0,
  'guard: opaque': 1,
  'private_key_jwt: code exchange': 4,
  'private_key_jwt: refresh': 4,
  'private_key_jwt: client_credentials, JWT': 1,
  'private_key_jwt: client_credentials, opaque': 2,
  'private_key_jwt: introspection': 3,
  'private_key_jwt: introspection, unknown': 3,
  // The database may keep the count of failures: it is asked after a first failure, and told of each.
  'client that is not there': 2,
  'client authentication that fails': 2,
} as const;

export type Flow = keyof typeof budgets;

/** The rounds of each flow. */
export type FlowRounds = Readonly<Record<Flow, number>>;

const asMachine = { grant_type: 'client_credentials' };

/** Starts a host, walks every flow on it, and says how many sequential rounds each request waited for. */
export async function walkRounds(counter: Rounds, options: HostOptions): Promise<FlowRounds> {
  const key = await clientKey();
  const host = await startHost({ ...options, clients: [...clients, robotClient(key)] });
  const agent = browserAgent(host.origin);
  const counted = new Map<string, number>();

  async function count<Answer extends { readonly status: number }>(
    flow: Flow,
    request: () => Promise<Answer>,
    status = 200,
  ): Promise<Answer> {
    counter.reset();
    const answer = await request();
    counted.set(flow, counter.rounds());
    if (answer.status !== status) throw new Error(`${flow}: ${answer.status}, not ${status}`);
    return answer;
  }

  try {
    for (const clientId of ['web', 'spa', 'partner']) await logIn(host, clientId, { agent });
    await walkPeople(host, agent, count);
    await walkMachines(host, agent, count);
    await walkAssertions(host, agent, key, count);
    // After a failure the counter of failures is asked about everybody at this address.
    await walkFailures(host, count);
  } finally {
    await host.close();
  }
  return Object.fromEntries(counted) as FlowRounds;
}

type CountFlow = <Answer extends { readonly status: number }>(
  flow: Flow,
  request: () => Promise<Answer>,
  status?: number,
) => Promise<Answer>;

async function walkPeople(host: TestHost, agent: BrowserAgent, count: CountFlow): Promise<void> {
  for (const clientId of ['web', 'spa', 'partner'] as const) {
    const url = authorizationUrl(host, clientId, pkce().challenge);
    await count(`authorize: ${clientId}`, () => agent.get(url), 303);
  }
  const formats = { 'JWT': 'notes:read', 'opaque': 'ledger:read' } as const;
  for (const format of ['JWT', 'opaque'] as const) {
    const { verifier, challenge } = pkce();
    const url = authorizationUrl(host, 'web', challenge, { scope: formats[format] });
    const code = codeOf(await agent.get(url));
    const exchange = (): ReturnType<typeof redeem> => redeem(host, 'web', code, verifier);
    const { body } = await count(`code exchange: ${format}`, exchange);
    const renew = (): ReturnType<typeof refresh> =>
      refresh(host, 'web', String(body.refresh_token));
    await count(`refresh: ${format}`, renew);
    // The record and its family, then the successor.
    await count(`refresh: ${format}, repeated`, renew);
  }
}

async function walkMachines(host: TestHost, agent: BrowserAgent, count: CountFlow): Promise<void> {
  const notes = await logIn(host, 'web', { agent });
  const books = await logIn(host, 'web', { agent, params: { scope: 'ledger:read' } });
  const ask = (scope: string) => () => call(host, '/token', 'machine', { ...asMachine, scope });
  await count('client_credentials: opaque', ask('ledger:read'));
  const { body } = await count('client_credentials: JWT', ask('notes:read'));
  const own = String(body.access_token);
  const opaque = books.access_token;
  await count('introspection: opaque', () => introspect(host, opaque));
  await count('introspection: opaque, by the resource', () =>
    introspect(host, opaque, ledgerApi.client_id),
  );
  await count('introspection: refresh token', () => introspect(host, notes.refresh_token));
  await count('introspection: JWT', () => introspect(host, notes.access_token));
  await count("introspection: a client's JWT", () => introspect(host, own, 'machine'));
  await count('introspection: unknown', () => introspect(host, 'unknown'));
  await count('guard: JWT', () => openApi(host, '/api/notes', notes.access_token));
  await count('guard: opaque', () => openApi(host, '/api/ledger', opaque));
}

async function walkAssertions(
  host: TestHost,
  agent: BrowserAgent,
  key: ClientKey,
  count: CountFlow,
): Promise<void> {
  async function countAsserted(flow: Flow, path: string, fields: Record<string, string>) {
    const signed = await assertion(key, assertionClaims(host, 'robot'));
    return count(flow, () => sendAsserted(host, path, signed, fields));
  }
  const prefix = 'private_key_jwt';
  const { code, verifier } = await takeCode(host, 'robot', { agent, params: { redirect_uri: '' } });
  const { body } = await countAsserted(`${prefix}: code exchange`, '/token', {
    grant_type: 'authorization_code',
    code,
    code_verifier: verifier,
  });
  await countAsserted(`${prefix}: refresh`, '/token', {
    grant_type: 'refresh_token',
    refresh_token: String(body.refresh_token),
  });
  const asked = { JWT: 'notes:read', opaque: 'ledger:read' } as const;
  for (const format of ['JWT', 'opaque'] as const) {
    const fields = { ...asMachine, scope: asked[format] };
    await countAsserted(`${prefix}: client_credentials, ${format}`, '/token', fields);
  }
  const token = String(body.access_token);
  await countAsserted(`${prefix}: introspection`, '/introspect', { token });
  await countAsserted(`${prefix}: introspection, unknown`, '/introspect', { token: 'unknown' });
}

async function walkFailures(host: TestHost, count: CountFlow): Promise<void> {
  const known = { token: 'x', client_id: 'web' };
  await count('client that is not there', () => send(host, '/token', { client_id: 'x' }), 401);
  await count('client authentication that fails', () => send(host, '/introspect', known), 401);
}

/** The counts beside the budgets, a line for each flow. */
export function roundsTable(name: string, counted: FlowRounds): string {
  const width = Math.max(...Object.keys(budgets).map(({ length }) => length));
  const lines = Object.entries(budgets).map(([flow, budget]) => {
    return `  ${flow.padEnd(width)}  ${counted[flow as Flow]} of ${budget}`;
  });
  return `${[`Sequential rounds, ${name}`, ...lines].join('\n')}\n`;
}

/** The flows that waited for more rounds than they may. */
export function overBudget(counted: FlowRounds): readonly string[] {
  return Object.entries(budgets).flatMap(([flow, budget]) => {
    const rounds = counted[flow as Flow];
    return rounds <= budget ? [] : [`${flow}: ${rounds} rounds, ${budget} allowed`];
  });
}
