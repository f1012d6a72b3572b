import { setTimeout as delay } from 'node:timers/promises';
import { findMongo } from '../testing/find-mongo.js';
import { startMongo, type TestMongo } from '../testing/start-mongo.js';
import { startPostgres } from '../testing/start-postgres.js';
import { auditChaos, type Finding, sizeOf } from './chaos-audit.js';
import { runChaosClient } from './chaos-client.js';
import { gatherEvidence } from './chaos-evidence.js';
import { type ChaosDatabase, causeFaults, type FaultCounts } from './chaos-faults.js';
import { createJournal, type Journal } from './chaos-journal.js';
import type { StoreFault } from './faulty-store.js';
import { seededRandom } from './seeded-random.js';
import { type Cluster, startCluster } from './start-cluster.js';

const clients = 10;
// The clients go on after the last kill until there were that many, for a minute at most.
const logins = 60;

/** How a run goes. */
export interface ChaosOptions {
  readonly store: 'memory' | 'mongo' | 'postgres';
  /** How many processes are killed. */
  readonly kills: number;
  /** Decides who is hurt, when and for how long, and what the clients do. */
  readonly seed: number;
  /** Whose database is hurt, and whose it stays. @default one of its own */
  readonly database?: ChaosDatabase;
  /** A defect, to see that the audit names it. */
  readonly fault?: StoreFault;
}

/** What a run came to. */
export interface ChaosReport extends Omit<ChaosOptions, 'database' | 'fault'> {
  readonly faults: FaultCounts;
  readonly counts: Journal['counts'];
  readonly audited: string;
  readonly findings: readonly Finding[];
  readonly seconds: number;
}

/** Kills servers and database while clients log in, redeem, refresh and revoke, and audits what is left. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const started = performance.now();
  const { store, kills, seed, fault } = options;
  const random = seededRandom(seed);
  const journal = createJournal();
  const own = options.database === undefined ? await startDatabase(store) : undefined;
  const database = options.database ?? own;
  const end = new AbortController();
  let cluster: Cluster | undefined;
  try {
    // Records in the memory of one process cannot be shared, and do not outlive it.
    const alone = store === 'memory' ? { size: 1 } : {};
    const planted = fault === undefined ? {} : { fault };
    const at = { kind: store, uri: database?.uri ?? '', ...planted };
    const running = await startCluster({ store: at, ...alone });
    cluster = running;
    const working = Promise.all(
      Array.from({ length: clients }, (_, index) =>
        runChaosClient({
          name: `p${index}`,
          clientId: index % 2 === 0 ? 'spa' : 'web',
          cluster: running,
          journal,
          random: random.fork(),
          signal: end.signal,
        }),
      ),
    );
    // A client that fails is told when all is over.
    working.catch(() => {});
    const faults = await causeFaults(cluster, database, random.fork(), kills);
    await calm(journal);
    end.abort();
    await working;
    const audited = sizeOf(journal);
    const evidence = await gatherEvidence(cluster, journal, {
      // The others may keep a token that nobody was given.
      transactional: store !== 'mongo',
    });
    const findings = auditChaos(journal, evidence, Math.floor(Date.now() / 1000));
    const seconds = Math.round((performance.now() - started) / 1000);
    return {
      store,
      kills,
      seed,
      faults,
      counts: journal.counts,
      audited,
      findings,
      seconds,
    };
  } finally {
    end.abort();
    await cluster?.stop();
    await own?.stop();
  }
}

async function calm({ counts }: Journal): Promise<void> {
  const end = performance.now() + 60_000;
  await delay(1_000);
  while (counts.logins < logins && performance.now() < end) await delay(100);
}

/** Settings of a PostgreSQL that keeps what it acknowledged, whenever it is killed. */
export const lastingSettings = { fsync: 'on', synchronous_commit: 'on' } as const;

/** A server of MongoDB's protocol as a run may hurt it: not killed, where it would lose what it acknowledged. */
export function sparedMongo(server: TestMongo): ChaosDatabase {
  const { MONGODB_URI: _given, ...env } = process.env;
  const source = findMongo(env);
  if (source !== undefined && 'mongod' in source) return server;
  const { kill: _loses, ...rest } = server;
  return rest;
}

async function startDatabase(
  store: ChaosOptions['store'],
): Promise<(ChaosDatabase & Pick<TestMongo, 'stop'>) | undefined> {
  if (store === 'memory') return undefined;
  if (store === 'postgres') return startPostgres({ settings: lastingSettings });
  const { MONGODB_URI: _given, ...env } = process.env;
  const source = findMongo(env);
  if (source === undefined) throw new Error('no server of MongoDB was found');
  const server = await startMongo(source);
  return { ...sparedMongo(server), stop: server.stop };
}
