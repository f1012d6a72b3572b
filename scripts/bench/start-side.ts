import { join } from 'node:path';
import { clusterClients, type NodeConfig, type StoreConfig } from '../cluster/node-config.js';
import { startNode } from '../cluster/start-node.js';
import { freePort } from '../testing/free-port.js';
import { startLoad } from './load.js';
import { type Measure, measure } from './measure.js';

/** Whose server: ours, the engine on a plain adapter, or the engine without a database. */
export type SideName = 'ours' | 'plain' | 'bare';

/** What is measured: an authorization in the session with the exchange of its code, or a refresh. */
export type Flow = 'codeFlows' | 'refreshes';

/** A server process under load, on tables or collections of its own. */
export interface Side {
  readonly name: SideName;
  /** Runs so many, but not for longer than half a minute. */
  warm(flow: Flow, count: number): Promise<void>;
  measure(flow: Flow, milliseconds: number): Promise<Measure>;
  stop(): Promise<void>;
}

const plainNode = join(import.meta.dirname, 'plain-node.js');
const warmMilliseconds = 30_000;
let sides = 0;

/** Starts a server, and logs its people in. */
export async function startSide(
  name: SideName,
  { kind, uri }: Pick<StoreConfig, 'kind' | 'uri'>,
  { people, execArgv }: { readonly people: number; readonly execArgv: readonly string[] },
): Promise<Side> {
  sides += 1;
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const config: NodeConfig = {
    issuer: `${origin}/auth`,
    store: { kind: name === 'bare' ? 'memory' : kind, uri, prefix: `b${process.pid}_${sides}_` },
    clients: clusterClients,
    port,
  };
  const program = name === 'ours' ? {} : { program: plainNode };
  const node = await startNode(config, { execArgv, ...program });
  const explain = (cause: unknown): never => {
    throw new Error(`${name} on ${kind}: ${node.log()}`, { cause });
  };
  const load = await startLoad({ origin, issuer: config.issuer, config }, people).catch(explain);
  return {
    name,
    async warm(flow, count) {
      const ends = performance.now() + warmMilliseconds;
      for (let done = 0; done < count && performance.now() < ends; ) {
        done += await load[flow](500).catch(explain);
      }
    },
    measure: (flow, milliseconds) =>
      measure(node, () => load[flow](milliseconds), milliseconds).catch(explain),
    async stop() {
      load.close();
      await node.stop();
    },
  };
}
