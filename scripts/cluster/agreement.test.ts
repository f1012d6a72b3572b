import { setTimeout as delay } from 'node:timers/promises';
import {
  type Answer,
  addressOf,
  browserOf,
  call,
  openApi,
  redeem,
  refresh,
  takeCode,
} from './client.js';
import { describeOnStores } from './describe-on-stores.js';
import { randomAddress } from './race.js';
import { type RoundRobin, roundRobin } from './round-robin.js';
import { type Cluster, startCluster } from './start-cluster.js';
import { type ClusterNode, startNode } from './start-node.js';

const boundMilliseconds = 2000;
const form = { grant_type: 'client_credentials' };

interface Tokens {
  readonly jwt: string;
  readonly opaque: string;
  readonly refreshToken: string;
}

/** How long each node took until it is so, in milliseconds. */
function timesUntil(
  nodes: readonly ClusterNode[],
  isSo: (node: ClusterNode) => Promise<boolean>,
): Promise<number[]> {
  const started = performance.now();
  return Promise.all(
    nodes.map(async (node) => {
      for (;;) {
        const asked = performance.now() - started;
        if (await isSo(node)) return Math.round(asked);
        if (asked > 10 * boundMilliseconds) throw new Error('it never came to be so');
        await delay(50);
      }
    }),
  );
}

function expectInTime(what: string, milliseconds: readonly number[]): void {
  process.stderr.write(`${what}: ${milliseconds.join(', ')} ms\n`);
  expect(Math.max(...milliseconds)).toBeLessThanOrEqual(boundMilliseconds);
}

const jwtIsDead =
  (token: string) =>
  async ({ origin }: ClusterNode): Promise<boolean> =>
    (await openApi(origin, '/api/notes', token)) === 401;

/** A JWT and an opaque token of one grant, and what renews them. */
async function logIn(cluster: Cluster, person: string): Promise<Tokens> {
  const browser = browserOf(cluster);
  const [first, second] = [
    await redeem(cluster, 'web', await takeCode(cluster, 'web', person, browser)),
    await redeem(cluster, 'web', await takeCode(cluster, 'web', person, browser, 'ledger:read')),
  ];
  return {
    jwt: String(first?.body.access_token),
    opaque: String(second?.body.access_token),
    refreshToken: String(first?.body.refresh_token),
  };
}

async function grantOf(cluster: Cluster, accountId: string): Promise<Record<string, string>> {
  const page = await cluster.nodes[0]?.call('grants.list', { accountId });
  const { grants } = page as { grants: Record<string, string>[] };
  expect(grants).toHaveLength(1);
  return grants[0] ?? {};
}

async function keysOf({ origin }: ClusterNode): Promise<unknown> {
  return (await fetch(`${origin}/auth/jwks`, { headers: { connection: 'close' } })).json();
}

describeOnStores('nodes of one cluster', (store) => {
  let cluster: Cluster;
  let first: ClusterNode;
  let second: ClusterNode;
  beforeAll(async () => {
    cluster = await startCluster({ store: store() });
    [first, second] = cluster.nodes as [ClusterNode, ClusterNode];
  }, 120_000);
  afterAll(() => cluster?.stop());

  const title = (what: string): string => `${store().kind}, ${what}`;

  describe('a client that one node', () => {
    const client_id = 'partner';
    let secret: string;

    function ask(node: ClusterNode, scope: string, client_secret = secret): Promise<Answer> {
      const address = addressOf(cluster, node);
      const clients = [{ client_id, client_secret }];
      const known = { ...address, config: { ...address.config, clients } };
      // Failures are counted per address.
      return call(
        known,
        '/token',
        client_id,
        { ...form, scope },
        { 'x-forwarded-for': randomAddress() },
      );
    }

    it('creates is known to all within 2 seconds', async () => {
      const created = await first.call('clients.create', {
        client_id,
        grant_types: ['client_credentials'],
        scope: 'notes:read ledger:read',
      });
      secret = (created as { client_secret: string }).client_secret;
      const isKnown = async (node: ClusterNode) => (await ask(node, 'notes:read')).status === 200;
      expectInTime(title('created'), await timesUntil(cluster.nodes, isKnown));
    });

    it('updates has its new scope at all within 2 seconds', async () => {
      await second.call('clients.update', client_id, { scope: 'notes:read' });
      const isRefused = async (node: ClusterNode) =>
        (await ask(node, 'ledger:read')).body.error === 'invalid_scope';
      expectInTime(title('updated'), await timesUntil(cluster.nodes, isRefused));
      for (const node of cluster.nodes) expect((await ask(node, 'notes:read')).status).toBe(200);
    });

    it('gives another secret has that alone at all within 2 seconds', async () => {
      const old = secret;
      const rotated = await first.call('clients.rotateSecret', client_id, { overlapSeconds: 0 });
      secret = (rotated as { client_secret: string }).client_secret;
      const hasNew = async (node: ClusterNode) =>
        (await ask(node, 'notes:read', old)).status === 401 &&
        (await ask(node, 'notes:read')).status === 200;
      expectInTime(title('rotated'), await timesUntil(cluster.nodes, hasNew));
    });

    it('removes is gone from all within 2 seconds, and its tokens with it', async () => {
      const token = String((await ask(first, 'notes:read')).body.access_token);
      for (const { origin } of cluster.nodes)
        expect(await openApi(origin, '/api/notes', token)).toBe(200);
      await second.call('clients.remove', client_id);
      const isGone = async (node: ClusterNode) =>
        (await ask(node, 'notes:read')).body.error === 'invalid_client';
      const [gone, dead] = await Promise.all([
        timesUntil(cluster.nodes, isGone),
        timesUntil(cluster.nodes, jwtIsDead(token)),
      ]);
      expectInTime(title('removed'), gone);
      expectInTime(title('its JWT'), dead);
    });
  });

  describe('what one node revokes', () => {
    it.each(['accountId', 'clientId', 'grantId', 'sessionId'])(
      'by %s is dead at once at the endpoints and opaque guards of all, and within 2 seconds at their JWT guards',
      async (member) => {
        const person = `by-${member}`;
        const { jwt, opaque, refreshToken } = await logIn(cluster, person);
        const grant = await grantOf(cluster, person);
        for (const { origin } of cluster.nodes) {
          expect(await openApi(origin, '/api/notes', jwt)).toBe(200);
          expect(await openApi(origin, '/api/ledger', opaque)).toBe(200);
        }
        await second.call('revoke', { [member]: grant[member] });
        const dying = timesUntil(cluster.nodes, jwtIsDead(jwt));
        await Promise.all(
          cluster.nodes.map(async (node) => {
            const address = addressOf(cluster, node);
            const [guard, ofJwt, ofOpaque, renewed] = await Promise.all([
              openApi(node.origin, '/api/ledger', opaque),
              call(address, '/introspect', 'web', { token: jwt }),
              call(address, '/introspect', 'web', { token: opaque }),
              refresh(address, 'web', refreshToken),
            ]);
            expect(guard).toBe(401);
            expect([ofJwt.body, ofOpaque.body]).toEqual([{ active: false }, { active: false }]);
            expect([renewed.status, renewed.body.error]).toEqual([400, 'invalid_grant']);
          }),
        );
        expectInTime(title(`revoked by ${member}`), await dying);
      },
    );

    it('by clientId is dead at once for a machine too', async () => {
      const ask = async (scope: string): Promise<string> => {
        const { body } = await call(cluster, '/token', 'machine', { ...form, scope });
        return String(body.access_token);
      };
      const [jwt, opaque] = [await ask('notes:read'), await ask('ledger:read')];
      for (const { origin } of cluster.nodes)
        expect(await openApi(origin, '/api/ledger', opaque)).toBe(200);
      await first.call('revoke', { clientId: 'machine' });
      const dying = timesUntil(cluster.nodes, jwtIsDead(jwt));
      await Promise.all(
        cluster.nodes.map(async (node) => {
          const address = addressOf(cluster, node);
          const [guard, ofJwt, ofOpaque] = await Promise.all([
            openApi(node.origin, '/api/ledger', opaque),
            call(address, '/introspect', 'machine', { token: jwt }),
            call(address, '/introspect', 'machine', { token: opaque }),
          ]);
          expect(guard).toBe(401);
          expect([ofJwt.body, ofOpaque.body]).toEqual([{ active: false }, { active: false }]);
        }),
      );
      expectInTime(title('a machine'), await dying);
    });
  });

  it('that is started later has their keys, and knows what was revoked before', async () => {
    const [alive, revoked] = [await logIn(cluster, 'alive'), await logIn(cluster, 'revoked')];
    await first.call('revoke', { accountId: 'revoked' });
    const late = await startNode(cluster.config);
    try {
      expect(await keysOf(late)).toEqual(await keysOf(first));
      expect(await openApi(late.origin, '/api/notes', alive.jwt)).toBe(200);
      expect(await openApi(late.origin, '/api/notes', revoked.jwt)).toBe(401);
      const renewed = await refresh(addressOf(cluster, late), 'web', alive.refreshToken);
      const token = String(renewed.body.access_token);
      for (const { origin } of cluster.nodes)
        expect(await openApi(origin, '/api/notes', token)).toBe(200);
    } finally {
      await late.kill();
    }
  }, 60_000);

  it('that are five and start at once on an empty database agree on one key', async () => {
    const five = await startCluster({ store: store(), size: 5 });
    try {
      const [known, ...others] = await Promise.all(five.nodes.map(keysOf));
      for (const keys of others) expect(keys).toEqual(known);
      for (const from of five.nodes) {
        const answer = await call(addressOf(five, from), '/token', 'machine', {
          ...form,
          scope: 'notes:read',
        });
        const token = String(answer.body.access_token);
        for (const { origin } of five.nodes)
          expect(await openApi(origin, '/api/notes', token)).toBe(200);
      }
    } finally {
      await five.stop();
    }
  }, 120_000);

  describe('that lost the way to the store for a while', () => {
    let way: RoundRobin;
    let node: ClusterNode;
    let port: number;
    beforeAll(async () => {
      const { uri } = cluster.config.store;
      port = Number(new URL(uri).port);
      way = await roundRobin();
      way.add(port);
      // A replica set would tell its driver the other way.
      const over = uri
        .replace(`:${port}`, `:${way.port}`)
        .replace(/replicaSet=\w+/, 'directConnection=true');
      node = await startNode({ ...cluster.config, store: { ...cluster.config.store, uri: over } });
    }, 60_000);
    afterAll(async () => {
      await node?.kill();
      await way?.close();
    });

    it('goes on with JWTs, says so, and catches up on revocations and clients', async () => {
      const [alive, revoked] = [await logIn(cluster, 'alive'), await logIn(cluster, 'revoked')];
      const address = addressOf(cluster, node);
      const scope = 'notes:read';
      const created = await first.call('clients.create', { ...machineOf('cut-off'), scope });
      const clients = [created as { client_id: string; client_secret: string }];
      const partner = { ...address, config: { ...address.config, clients } };
      expect((await call(partner, '/token', 'cut-off', { ...form, scope })).status).toBe(200);

      way.remove(port);
      way.cut();
      await first.call('revoke', { accountId: 'revoked' });
      await first.call('clients.remove', 'cut-off');
      await delay(3 * boundMilliseconds);
      expect(await openApi(node.origin, '/api/notes', alive.jwt)).toBe(200);
      expect(await openApi(node.origin, '/api/ledger', alive.opaque)).toBe(503);
      expect((await refresh(address, 'web', alive.refreshToken)).status).toBe(503);
      expect(await node.call('health')).toMatchObject({ ok: false });

      way.add(port);
      const milliseconds = await timesUntil([node], async () => {
        const { status } = await call(partner, '/token', 'cut-off', { ...form, scope });
        return status === 401 && (await jwtIsDead(revoked.jwt)(node));
      });
      process.stderr.write(`${title('back on the store, caught up')}: ${milliseconds} ms\n`);
      expect((await refresh(address, 'web', alive.refreshToken)).status).toBe(200);
      expect(await openApi(node.origin, '/api/notes', alive.jwt)).toBe(200);
      expect(await node.call('health')).toMatchObject({ ok: true });
    }, 120_000);
  });
});

function machineOf(client_id: string): { client_id: string; grant_types: string[] } {
  return { client_id, grant_types: ['client_credentials'] };
}
