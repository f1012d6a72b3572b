import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { consentScreen } from '@gatehouse/consent';
import { createAuthorizationServer } from '@gatehouse/core';
import { passwordLogin } from '@gatehouse/login-password';
import { openidConnect } from '@gatehouse/oidc';
import express from 'express';
import { ledger, type NodeConfig, notes, openStore } from './node-config.js';

/** A call from the process that started this one: a member of the server by its path, e.g. `clients.update`. */
export interface NodeCall {
  readonly id: number;
  readonly path: string;
  readonly args: readonly unknown[];
}

/** What a node says: where it listens, or what a call came to. */
export type NodeMessage =
  | { readonly port: number }
  | { readonly id: number; readonly value?: unknown; readonly error?: string };

/** What `call('records', kind)` tells of each. */
export interface StoredFacts {
  readonly id: string;
  readonly grantId: string;
  readonly consumed: boolean;
}

const config = JSON.parse(process.env.CLUSTER_NODE ?? '') as NodeConfig;
const loop = monitorEventLoopDelay({ resolution: 10 });
loop.enable();

const store = await openStore(config.store);
const auth = await createAuthorizationServer({
  issuer: config.issuer,
  secrets: ['a-secret-of-the-cluster-0123456789abcdef'],
  store,
  // Anybody whose password is the name and `-pw`.
  accounts: { find: (id: string) => ({ id }), id: ({ id }) => id },
  resources: {
    [notes]: {
      name: 'Notes',
      scopes: { 'notes:read': 'Read your notes' },
      accessToken: config.jwtSeconds === undefined ? {} : { lifetimeSeconds: config.jwtSeconds },
    },
    [ledger]: {
      name: 'Ledger',
      scopes: { 'ledger:read': 'See your balance' },
      accessToken: { format: 'opaque' },
    },
  },
  clients: config.clients,
  ...config.issue,
  plugins: [
    passwordLogin({
      verify: ({ identifier, password }) =>
        password === `${identifier}-pw` ? identifier : undefined,
      limits: false,
    }),
    consentScreen(),
    ...(config.openid ? [openidConnect()] : []),
  ],
});

const app = express();
app.set('trust proxy', 'loopback');
app.get('/alive', (_req, res) => void res.json({ pid: process.pid }));
app.use(auth.routes());
for (const resource of [notes, ledger] as const) {
  const api = auth.protect(resource, { clients: true }, (req, res) => void res.json(req.auth));
  app.get(`/api${new URL(resource).pathname}`, api);
}

const server = createServer(app);
let active = 0;
server.on('request', (_req, res) => {
  active += 1;
  res.once('close', () => {
    active -= 1;
  });
});
await new Promise<void>((resolve) => server.listen(config.port ?? 0, '127.0.0.1', resolve));

const die = (): never => process.exit(1);

const members: Readonly<Record<string, unknown>> = {
  ...auth,
  /** Bytes in use after a collection, where the process may ask for one. */
  memory: () => {
    globalThis.gc?.();
    return process.memoryUsage();
  },
  /** Requests whose head has come, and whose answer has not ended. */
  active: () => active,
  /** Microseconds of processor time. */
  cpu: () => process.cpuUsage(),
  /** All that the store has of a kind, past the server. */
  records: async (kind: string): Promise<StoredFacts[]> => {
    const found: StoredFacts[] = [];
    let cursor: string | undefined;
    do {
      const now = Math.floor(Date.now() / 1000);
      const from = cursor === undefined ? {} : { cursor };
      const page = await store.list(kind, 'all', { now, limit: 1000, ...from });
      for (const { id, keys, consumed } of page.records) {
        found.push({ id, grantId: keys.grantId ?? '', consumed: consumed !== undefined });
      }
      cursor = page.cursor;
    } while (cursor !== undefined);
    return found;
  },
  /** The longest that the event loop was held since the last question, in milliseconds. */
  held: () => {
    const milliseconds = loop.max / 1e6;
    loop.reset();
    return milliseconds;
  },
};

async function answer({ id, path, args }: NodeCall): Promise<void> {
  let reply: NodeMessage;
  try {
    const [name = '', method] = path.split('.');
    const owner = method === undefined ? members : (members[name] as typeof members);
    const call = owner[method ?? name];
    if (typeof call !== 'function') throw new TypeError(`a node has no ${path}`);
    reply = { id, value: await Reflect.apply(call, owner, args) };
  } catch (error) {
    reply = { id, error: String(error) };
  }
  process.send?.(reply);
}

process.on('message', (call: NodeCall) => void answer(call));
// As a host stops: no new connections; what comes on those that are open is answered, and they end with it; then the server ends,
// and its store. A client that is never idle would otherwise hold the process for ever.
process.once('SIGTERM', () => {
  server.prependListener('request', (_req, res) => res.setHeader('Connection', 'close'));
  server.close(async () => {
    await auth.close();
    // Nothing that was left open may keep it: it ends by itself, or is seen not to.
    process.removeListener('disconnect', die);
    process.disconnect?.();
    setTimeout(() => process.exit(3), 5000).unref();
  });
});
// Nothing outlives the process that started it.
process.on('disconnect', die);
process.send?.({ port: (server.address() as AddressInfo).port } satisfies NodeMessage);
