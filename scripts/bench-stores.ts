import { parseArgs } from 'node:util';
import { putAway } from './bench/distance.js';
import { type Measure, median } from './bench/measure.js';
import { type Flow, type Side, type SideName, startSide } from './bench/start-side.js';
import { findMongo } from './testing/find-mongo.js';
import { startMongo } from './testing/start-mongo.js';
import { findPostgres, startPostgres } from './testing/start-postgres.js';
import { isMain } from './workspace.js';

interface BenchOptions {
  readonly rounds: number;
  readonly milliseconds: number;
  readonly people: number;
  readonly execArgv: readonly string[];
}

const databases = { mongo: 'MongoDB', postgres: 'PostgreSQL' } as const;
const flows: Readonly<Record<Flow, string>> = { codeFlows: 'code flow', refreshes: 'refresh' };

const warmFlows = 1500;

type Database = keyof typeof databases;
type Results = Readonly<Record<Flow, Readonly<Record<SideName, Measure[]>>>>;

/** Loads the sides in short turns, so that whatever else the machine does in the meantime slows them down alike. */
async function takeTurns(
  sides: readonly Side[],
  { rounds, milliseconds }: BenchOptions,
): Promise<Results> {
  // The compilers of the servers, their connections and their plans are warm before anything is counted. That is a matter of how much
  // was done, and not of time.
  for (const flow of Object.keys(flows) as Flow[]) {
    await Promise.all(sides.map((side) => side.warm(flow, warmFlows)));
  }
  const results: Results = {
    codeFlows: { ours: [], plain: [], bare: [] },
    refreshes: { ours: [], plain: [], bare: [] },
  };
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? sides : [...sides].reverse();
    for (const flow of Object.keys(flows) as Flow[]) {
      for (const side of order) {
        results[flow][side.name].push(await side.measure(flow, milliseconds));
      }
    }
  }
  return results;
}

function tell(name: string, results: Results): void {
  for (const [flow, title] of Object.entries(flows)) {
    const measured = results[flow as Flow];
    const of = (side: SideName, member: keyof Measure): number =>
      median(measured[side].map((one) => one[member]));
    const speed = [of('ours', 'perSecond'), of('plain', 'perSecond')] as const;
    const most = of('bare', 'perSecond');
    const cost = [of('ours', 'cost'), of('plain', 'cost')] as const;
    console.log(
      [
        `${name}, ${title}: ${(speed[0] / speed[1]).toFixed(2)} times as many`,
        `(${speed[0].toFixed(0)}/s, plain ${speed[1].toFixed(0)}/s),`,
        `${(cost[0] / cost[1]).toFixed(2)} times the server's processor`,
        `(${cost[0].toFixed(0)} µs, plain ${cost[1].toFixed(0)} µs);`,
        `the engine without a database: ${(most / speed[1]).toFixed(2)} times as many as plain (${most.toFixed(0)}/s)`,
      ].join(' '),
    );
  }
}

async function benchOn(kind: Database, uri: string, name: string, options: BenchOptions) {
  const sides: Side[] = [];
  try {
    for (const name of ['ours', 'plain', 'bare'] as const) {
      sides.push(await startSide(name, { kind, uri }, options));
    }
    tell(name, await takeTurns(sides, options));
  } finally {
    for (const side of sides) await side.stop();
  }
}

/** Beside the database, and then as far from it as asked. */
async function benchAtDistances(
  kind: Database,
  uri: string,
  latency: number,
  options: BenchOptions,
): Promise<void> {
  await benchOn(kind, uri, databases[kind], options);
  if (latency === 0) return;
  const away = await putAway(uri, latency);
  const name = `${databases[kind]} ${latency} ms away`;
  await benchOn(kind, away.uri, name, options).finally(() => away.close());
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      'rounds': { type: 'string', default: '12' },
      'seconds': { type: 'string', default: '1' },
      'people': { type: 'string', default: '32' },
      // Milliseconds that a network adds to each round trip; 0 leaves that part out.
      'latency': { type: 'string', default: '1' },
      'store': { type: 'string' },
      'cpu-prof': { type: 'string' },
    },
  });
  const profiles = values['cpu-prof'];
  const latency = Number(values.latency);
  const options: BenchOptions = {
    rounds: Number(values.rounds),
    milliseconds: Number(values.seconds) * 1000,
    people: Number(values.people),
    execArgv: profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`],
  };
  const mongo = values.store === 'postgres' ? undefined : findMongo();
  if (mongo !== undefined) {
    console.log(`MongoDB is ${mongo.label}`);
    const server = await startMongo(mongo);
    await benchAtDistances('mongo', server.uri, latency, options).finally(() => server.stop());
  }
  if (values.store !== 'mongo' && findPostgres() !== undefined) {
    const server = await startPostgres();
    await benchAtDistances('postgres', server.uri, latency, options).finally(() => server.stop());
  }
}

if (isMain(import.meta.url)) await main();
