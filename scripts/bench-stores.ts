import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startLoad } from './bench/load.js';
import { type Measure, measure, median } from './bench/measure.js';
import { clusterClients, type NodeConfig, type StoreConfig } from './cluster/node-config.js';
import { startNode } from './cluster/start-node.js';
import { findMongo } from './testing/find-mongo.js';
import { freePort } from './testing/free-port.js';
import { startMongo } from './testing/start-mongo.js';
import { findPostgres, startPostgres } from './testing/start-postgres.js';
import { isMain } from './workspace.js';

/** What one server process did in one turn. */
interface Turn {
  readonly codeFlow: Measure;
  readonly refresh: Measure;
}

interface BenchOptions {
  readonly rounds: number;
  readonly milliseconds: number;
  readonly people: number;
  readonly execArgv: readonly string[];
}

type Side = 'ours' | 'plain';

const plainNode = join(import.meta.dirname, 'bench', 'plain-node.js');
const databases = { mongo: 'MongoDB', postgres: 'PostgreSQL' } as const;
let turns = 0;

/** Starts a server on tables or collections of its own, loads it, and ends it. */
async function runTurn(
  side: Side,
  { kind, uri }: Pick<StoreConfig, 'kind' | 'uri'>,
  { milliseconds, people, execArgv }: BenchOptions,
): Promise<Turn> {
  turns += 1;
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const prefix = `b${process.pid}_${turns}_`;
  const config: NodeConfig = {
    issuer: `${origin}/auth`,
    store: { kind, uri, prefix },
    clients: clusterClients,
    port,
  };
  const node = await startNode(config, {
    execArgv,
    ...(side === 'plain' && { program: plainNode }),
  });
  try {
    const load = await startLoad({ origin, issuer: config.issuer, config }, people);
    // The compiler of the server, its connections and its plans are warm before anything is counted.
    await load.codeFlows(milliseconds / 2);
    await load.refreshes(milliseconds / 4);
    const codeFlow = await measure(node, () => load.codeFlows(milliseconds), milliseconds);
    const refresh = await measure(node, () => load.refreshes(milliseconds), milliseconds);
    load.close();
    return { codeFlow, refresh };
  } catch (error) {
    throw new Error(`${side} on ${kind}: ${node.log()}`, { cause: error });
  } finally {
    await node.stop();
  }
}

async function benchOn(kind: keyof typeof databases, uri: string, options: BenchOptions) {
  const results: Record<Side, Turn[]> = { ours: [], plain: [] };
  for (let round = 0; round < options.rounds; round += 1) {
    // Whoever goes first meets the smaller database: they take turns at that too.
    const order: readonly Side[] = round % 2 === 0 ? ['ours', 'plain'] : ['plain', 'ours'];
    for (const side of order) {
      const turn = await runTurn(side, { kind, uri }, options);
      results[side].push(turn);
      console.log(
        `  ${side.padEnd(5)}  code flow ${turn.codeFlow.perSecond.toFixed(0)}/s, refresh ${turn.refresh.perSecond.toFixed(0)}/s`,
      );
    }
  }
  for (const [flow, name] of [
    ['codeFlow', 'code flow'],
    ['refresh', 'refresh'],
  ] as const) {
    const of = (side: Side, member: keyof Measure): number =>
      median(results[side].map((turn) => turn[flow][member]));
    const speed = [of('ours', 'perSecond'), of('plain', 'perSecond')] as const;
    const cost = [of('ours', 'cost'), of('plain', 'cost')] as const;
    console.log(
      [
        `${databases[kind]}, ${name}: ${(speed[0] / speed[1]).toFixed(2)} times as many`,
        `(${speed[0].toFixed(0)}/s, plain ${speed[1].toFixed(0)}/s),`,
        `1 / ${(cost[1] / cost[0]).toFixed(2)} of the server's processor`,
        `(${cost[0].toFixed(0)} µs, plain ${cost[1].toFixed(0)} µs)`,
      ].join(' '),
    );
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      'rounds': { type: 'string', default: '4' },
      'seconds': { type: 'string', default: '6' },
      'people': { type: 'string', default: '32' },
      'store': { type: 'string' },
      'cpu-prof': { type: 'string' },
    },
  });
  const profiles = values['cpu-prof'];
  const options: BenchOptions = {
    rounds: Number(values.rounds),
    milliseconds: Number(values.seconds) * 1000,
    people: Number(values.people),
    execArgv: profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`],
  };
  const mongo = values.store === 'postgres' ? undefined : findMongo();
  if (mongo !== undefined) {
    console.log(`MongoDB: ${mongo.label}`);
    const server = await startMongo(mongo);
    await benchOn('mongo', server.uri, options).finally(() => server.stop());
  }
  if (values.store !== 'mongo' && findPostgres() !== undefined) {
    console.log('PostgreSQL');
    const server = await startPostgres();
    await benchOn('postgres', server.uri, options).finally(() => server.stop());
  }
}

if (isMain(import.meta.url)) await main();
