import {
  expectInTime,
  expectOpens,
  jwtIsDead,
  logIn,
  type OpenCluster,
  type Tokens,
  timesUntil,
} from './agreement.js';
import { askMachine, call, openApi, refresh } from './client.js';
import { grantsOf } from './race.js';
import { addressOf } from './server-address.js';
import { type Cluster, nodeAt } from './start-cluster.js';

/** What one node revokes is dead at all. */
export function describeRevocations(cluster: OpenCluster): void {
  describe('what one node revokes', () => {
    it.each(['accountId', 'clientId', 'grantId', 'sessionId'])(
      'by %s is dead at once at the endpoints and opaque guards of all, and within 2 seconds at their JWT guards',
      async (member) => {
        const person = `by-${member}`;
        const tokens = await logIn(cluster(), person);
        const grants = await grantsOf(cluster(), person);
        expect(grants).toHaveLength(1);
        const [grant] = grants as readonly Readonly<Record<string, string>>[];
        await expectOpens(cluster().nodes, 'notes', tokens.jwt);
        await expectOpens(cluster().nodes, 'ledger', tokens.opaque);
        await nodeAt(cluster(), 1).call('revoke', { [member]: grant?.[member] });
        await expectDeadEverywhere(cluster(), `revoked by ${member}`, 'web', tokens);
      },
    );

    it('by clientId is dead at once for a machine too', async () => {
      const ask = async (scope: string): Promise<string> =>
        String((await askMachine(cluster(), scope)).body.access_token);
      const [jwt, opaque] = [await ask('notes:read'), await ask('ledger:read')];
      await expectOpens(cluster().nodes, 'notes', jwt);
      await expectOpens(cluster().nodes, 'ledger', opaque);
      await nodeAt(cluster(), 0).call('revoke', { clientId: 'machine' });
      await expectDeadEverywhere(cluster(), 'a machine', 'machine', { jwt, opaque });
    });
  });
}

/** At once wherever the store is asked, and in time at the guards that check a JWT by themselves. */
async function expectDeadEverywhere(
  cluster: Cluster,
  what: string,
  clientId: string,
  { jwt, opaque, refreshToken }: Omit<Tokens, 'refreshToken'> & Partial<Tokens>,
): Promise<void> {
  const dying = timesUntil(cluster.nodes, jwtIsDead(jwt));
  await Promise.all(
    cluster.nodes.map(async (node) => {
      const address = addressOf(cluster, node);
      const [guard, ofJwt, ofOpaque, renewed] = await Promise.all([
        openApi(node.origin, '/api/ledger', opaque),
        call(address, '/introspect', clientId, { token: jwt }),
        call(address, '/introspect', clientId, { token: opaque }),
        refreshToken && refresh(address, clientId, refreshToken),
      ]);
      expect(guard).toBe(401);
      expect([ofJwt.body, ofOpaque.body]).toEqual([{ active: false }, { active: false }]);
      if (renewed) expect([renewed.status, renewed.body.error]).toEqual([400, 'invalid_grant']);
    }),
  );
  expectInTime(cluster, what, await dying);
}
