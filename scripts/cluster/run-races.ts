import type { Race } from './race.js';
import { races } from './races.js';
import type { Cluster } from './start-cluster.js';

/** What was counted of one kind of race. */
export interface RaceCount {
  readonly name: string;
  races: number;
  /** Over all races: as many as races, when each has exactly one. */
  winners: number;
  /** Races that had none, or more than one. */
  notOne: number;
  /** Requests that were in the races. */
  requests: number;
  milliseconds: number;
  readonly faults: string[];
}

/** How much is raced. */
export interface RaceSize {
  readonly total: number;
  /** Requests that are sent at once for one thing. */
  readonly contenders: number;
  /** Races that run at the same time. */
  readonly lanes: number;
}

/** Runs so many races over the nodes of a cluster, kind by kind, and counts the winners of each. */
export async function runRaces(cluster: Cluster, size: RaceSize): Promise<RaceCount[]> {
  const counts: RaceCount[] = [];
  for (const { race, percent } of races) {
    counts.push(await run(cluster, race, { ...size, total: (size.total * percent) / 100 }));
  }
  return counts;
}

async function run(
  cluster: Cluster,
  race: Race,
  { total, contenders, lanes }: RaceSize,
): Promise<RaceCount> {
  const started = performance.now();
  const count: RaceCount = {
    name: race.name,
    races: 0,
    winners: 0,
    notOne: 0,
    requests: 0,
    milliseconds: 0,
    faults: [],
  };
  let left = total;
  await Promise.all(
    Array.from({ length: lanes }, async (_, index) => {
      const lane = await race.openLane(
        cluster,
        `runner-${race.name.replaceAll(' ', '-')}-${index}`,
      );
      while (left > 0) {
        left -= 1;
        const { winners, faults } = await lane.race(contenders);
        count.races += 1;
        count.winners += winners;
        count.requests += contenders;
        if (winners !== 1) count.notOne += 1;
        count.faults.push(...faults);
      }
      count.faults.push(...((await lane.finish?.()) ?? []));
    }),
  );
  count.milliseconds = performance.now() - started;
  return count;
}

/** The counts as lines of a log. */
export function showRaces(title: string, counts: readonly RaceCount[]): string {
  const lines = counts.map(({ name, races: raced, winners, notOne, requests, milliseconds }) => {
    const seconds = (milliseconds / 1000).toFixed(1);
    return `  ${name}: ${raced} races, ${winners} winners, ${notOne} without exactly one; ${requests} requests in ${seconds} s`;
  });
  const sum = (of: (count: RaceCount) => number): number =>
    counts.reduce((all, count) => all + of(count), 0);
  const total = `${sum((c) => c.races)} races, ${sum((c) => c.winners)} winners in ${(sum((c) => c.milliseconds) / 1000).toFixed(1)} s`;
  return [`${title}: ${total}`, ...lines, ''].join('\n');
}
