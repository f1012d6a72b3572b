import { setTimeout as delay } from 'node:timers/promises';
import type { SeededRandom } from './seeded-random.js';
import type { Cluster } from './start-cluster.js';

/** A database that a run may hurt. */
export interface ChaosDatabase {
  readonly uri: string;
  pause(): void;
  resume(): void;
  /** Only of one that keeps what it acknowledged. */
  readonly kill?: () => Promise<void>;
  restart(): Promise<void>;
}

/** What was done to servers and database. */
export interface FaultCounts {
  servers: number;
  databases: number;
  pauses: number;
  /** The longest time without a database, in milliseconds. */
  longestOutage: number;
}

const attempts = 40;

/** Kills servers and database at random moments, until that many were killed. At least one server is left at any time. */
export async function causeFaults(
  cluster: Cluster,
  database: ChaosDatabase | undefined,
  random: SeededRandom,
  kills: number,
): Promise<FaultCounts> {
  const counts: FaultCounts = { servers: 0, databases: 0, pauses: 0, longestOutage: 0 };
  const running = new Set<Promise<void>>();
  const away = new Set<number>();
  let failure: unknown;
  let databaseAway = false;

  function inBackground(task: Promise<void>): void {
    const settled = task.catch((error: unknown) => {
      failure ??= error;
    });
    running.add(settled);
    void settled.then(() => running.delete(settled));
  }

  async function killServer(index: number): Promise<void> {
    away.add(index);
    try {
      // A server that starts while the database is away may give up; whoever runs it starts it again.
      for (let tries = 1; ; tries += 1) {
        try {
          await (tries === 1 ? cluster.crash(index) : cluster.replace(index));
          return;
        } catch (error) {
          if (tries === attempts) throw error;
          await delay(250);
        }
      }
    } finally {
      away.delete(index);
    }
  }

  async function without(outage: () => Promise<void>): Promise<void> {
    databaseAway = true;
    const started = performance.now();
    try {
      await outage();
    } finally {
      databaseAway = false;
      counts.longestOutage = Math.max(counts.longestOutage, performance.now() - started);
    }
  }

  const done = (): number => counts.servers + counts.databases;
  while (done() < kills && failure === undefined) {
    await delay(random.between(0, 400));
    const alive = cluster.nodes.map((_, index) => index).filter((index) => !away.has(index));
    if (database?.kill && !databaseAway && random.chance(0.15)) {
      const { kill, restart } = database;
      const pause = random.between(0, 1_500);
      counts.databases += 1;
      inBackground(
        without(async () => {
          await kill();
          await delay(pause);
          await restart();
        }),
      );
    } else if (alive.length > 1) {
      counts.servers += 1;
      inBackground(killServer(random.pick(alive) ?? 0));
    }
    if (database && !databaseAway && random.chance(0.05)) {
      const pause = random.between(100, 3_000);
      counts.pauses += 1;
      database.pause();
      inBackground(
        without(async () => {
          await delay(pause);
          database.resume();
        }),
      );
    }
  }
  await Promise.all(running);
  if (failure !== undefined) throw failure;
  return counts;
}
