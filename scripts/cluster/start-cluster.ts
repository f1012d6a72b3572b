import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { clusterClients, type NodeConfig, type StoreConfig } from './node-config.js';
import { roundRobin } from './round-robin.js';
import { type ClusterNode, startNode } from './start-node.js';

/** Several server processes on one store, behind one socket. */
export interface Cluster {
  /** Of the socket: each connection goes to the next node. */
  readonly origin: string;
  readonly issuer: string;
  readonly config: NodeConfig;
  readonly nodes: readonly ClusterNode[];
  /** Starts another process in the place of one that has ended. */
  replace(index: number): Promise<ClusterNode>;
  /** Stops one as a deployment does (no new connections, SIGTERM), and starts another in its place. */
  roll(index: number): Promise<void>;
  /** Kills one at once, and starts another in its place. */
  crash(index: number): Promise<void>;
  stop(): Promise<void>;
}

/** A node by its place. */
export function nodeAt({ nodes }: Pick<Cluster, 'nodes'>, index: number): ClusterNode {
  const node = nodes[index];
  if (node === undefined) throw new RangeError(`there is no node ${index}`);
  return node;
}

/** What a cluster is made of. */
export interface ClusterOptions extends Partial<Omit<NodeConfig, 'issuer' | 'store' | 'port'>> {
  readonly store: Omit<StoreConfig, 'prefix'>;
  /** @default 3 */
  readonly size?: number;
}

const letInMilliseconds = 500;

/** Starts the processes at once, as a deployment does, on tables or collections of their own. */
export async function startCluster({ store, size = 3, ...more }: ClusterOptions): Promise<Cluster> {
  const balancer = await roundRobin();
  const origin = `http://127.0.0.1:${balancer.port}`;
  const prefix = `c${randomBytes(4).toString('hex')}_`;
  const config: NodeConfig = {
    issuer: `${origin}/auth`,
    clients: clusterClients,
    ...more,
    store: { ...store, prefix },
  };
  const nodes: ClusterNode[] = [];
  const stopAll = async (): Promise<void> => {
    await balancer.close();
    await Promise.all(nodes.map((node) => node.kill()));
  };

  async function replace(index: number): Promise<ClusterNode> {
    const node = await startNode(config);
    nodes[index] = node;
    balancer.add(node.port);
    return node;
  }

  const starts = await Promise.allSettled(Array.from({ length: size }, () => startNode(config)));
  for (const start of starts) {
    if (start.status === 'rejected') continue;
    nodes.push(start.value);
    balancer.add(start.value.port);
  }
  const failed = starts.find((start) => start.status === 'rejected');
  if (failed) {
    await stopAll();
    throw failed.reason;
  }
  return {
    origin,
    issuer: config.issuer,
    config,
    nodes,
    replace,
    async roll(index) {
      const node = nodeAt({ nodes }, index);
      balancer.remove(node.port);
      // What the socket has connected just now is let in.
      await delay(letInMilliseconds);
      await node.stop();
      await replace(index);
    },
    async crash(index) {
      const node = nodeAt({ nodes }, index);
      // Nobody tells a balancer before.
      await node.kill();
      balancer.remove(node.port);
      await replace(index);
    },
    stop: stopAll,
  };
}
