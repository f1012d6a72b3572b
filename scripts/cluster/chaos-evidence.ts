import { createHash } from 'node:crypto';
import { mapLimited } from '../map-limited.js';
import type { Evidence, Stored } from './chaos-audit.js';
import { answersOf, type Journal } from './chaos-journal.js';
import { openApi, refresh } from './client.js';
import type { StoredFacts } from './node.js';
import type { Cluster } from './start-cluster.js';

/** Reads the store, presents every access token to the API, and refreshes with the last refresh token of every chain. */
export async function gatherEvidence(
  cluster: Cluster,
  journal: Journal,
  { transactional }: { readonly transactional: boolean },
): Promise<Evidence> {
  const codes = await recordsOf(cluster, 'AuthorizationCode');
  const access = await recordsOf(cluster, 'AccessToken');
  const tokens = await recordsOf(cluster, 'RefreshToken');
  const chains = journal.families.flatMap(({ clientId, chains: own }) =>
    own.map((chain) => ({ clientId, chain, answers: answersOf(chain) })),
  );
  const presented = new Map<string, Stored & { opens: boolean }>();
  const refreshTokens = new Map<string, Stored>();
  const endings = new Map<string, number>();
  await mapLimited(chains, 8, async ({ clientId, answers }) => {
    for (const { access: token, refresh: next } of answers) {
      refreshTokens.set(next, stateOf(tokens, next));
      if (presented.has(token)) continue;
      const status = await openApi(cluster.origin, '/api/ledger', token);
      presented.set(token, { ...stateOf(access, token), opens: status === 200 });
    }
    const last = answers.at(-1)?.refresh;
    if (last !== undefined) endings.set(last, (await refresh(cluster, clientId, last)).status);
  });
  return {
    codes: new Map(chains.map(({ chain }) => [chain.code, stateOf(codes, chain.code)])),
    access: presented,
    refresh: refreshTokens,
    endings,
    heads: transactional ? headsOf(tokens, codes) : new Map(),
  };
}

type Records = ReadonlyMap<string, StoredFacts>;

async function recordsOf(cluster: Cluster, kind: string): Promise<Records> {
  const records = (await cluster.nodes[0]?.call('records', kind)) as readonly StoredFacts[];
  return new Map(records.map((record) => [record.id, record]));
}

// The store knows a bearer value by its hash alone.
function stateOf(records: Records, value: string): Stored {
  const record = records.get(createHash('sha256').update(value).digest('base64url'));
  return { stored: record !== undefined, consumed: record?.consumed === true };
}

function headsOf(tokens: Records, codes: Records): Evidence['heads'] {
  const heads = new Map<string, { unused: number; codes: number }>();
  const add = (records: Records, key: 'unused' | 'codes', consumed: boolean): void => {
    for (const record of records.values()) {
      if (record.consumed !== consumed) continue;
      const head = heads.get(record.grantId) ?? { unused: 0, codes: 0 };
      heads.set(record.grantId, { ...head, [key]: head[key] + 1 });
    }
  };
  add(tokens, 'unused', false);
  add(codes, 'codes', true);
  return heads;
}
