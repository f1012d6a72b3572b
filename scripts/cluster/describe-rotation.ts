import { setTimeout as delay } from 'node:timers/promises';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { mapLimited } from '../map-limited.js';
import { type Answer, askMachine, openApi, redeem, takeCode } from './client.js';
import { describeOnStores } from './describe-on-stores.js';
import { type JwksClient, jwksClient } from './jwks-client.js';
import { addressOf } from './server-address.js';
import { type Cluster, nodeAt, startCluster } from './start-cluster.js';

/** How much is rotated under. */
export interface RotationLoad {
  readonly logins: number;
  readonly lanes: number;
  readonly milliseconds: number;
  /** Leaves out the other. */
  readonly only?: 'mongo' | 'postgres';
}

const jwtSeconds = 5;
// A retired key outlives its tokens by this.
const keptSeconds = 5;

/** Logins over three processes whose keys rotate each second and whose tokens live for five. */
export function describeRotation({ logins, lanes, milliseconds, ...options }: RotationLoad): void {
  describeOnStores(
    'keys that rotate each second',
    (store) => {
      let cluster: Cluster;
      beforeAll(async () => {
        const issue = { keys: { rotateSeconds: 1 } };
        cluster = await startCluster({ store: store(), issue, jwtSeconds });
      }, 120_000);
      afterAll(() => cluster?.stop());

      it(
        `fail no token of ${logins} logins, when it is fresh nor before it expires`,
        async () => {
          const caching = jwksClient(cluster.origin);
          const flaws: string[] = [];
          const kids = new Set<string>();
          const later: Promise<void>[] = [];
          let late = 0;

          async function logIn(person: string): Promise<void> {
            const code = await takeCode(cluster, 'web', person);
            const { status, body } = await redeem(cluster, 'web', code);
            if (status !== 200) throw new Error(`${status} ${body.error}: ${whyOf(cluster)}`);
            const token = String(body.access_token);
            kids.add(decodeProtectedHeader(token).kid ?? '');
            flaws.push(...(await flawsOf(cluster, token, caching)));
            later.push(checkLate(token));
          }

          // Whoever meets the token for the first time in the last moment of its life.
          async function checkLate(token: string): Promise<void> {
            const { exp = 0 } = decodeJwt(token);
            await delay(Math.max(0, exp * 1000 - Date.now() - 500));
            const kid = decodeProtectedHeader(token).kid ?? '';
            const published = await jwksClient(cluster.origin).load();
            // An answer that came too late says nothing.
            if (Date.now() >= exp * 1000) return;
            late += 1;
            if (!published.includes(kid)) flaws.push(`late: ${kid} is gone`);
          }

          const started = performance.now();
          const people = Array.from({ length: logins }, (_, index) => `person${index}`);
          await mapLimited(people, lanes, logIn);
          const seconds = (performance.now() - started) / 1000;
          await Promise.all(later);
          process.stderr.write(
            `${logins} logins in ${seconds.toFixed(0)} s were signed by ${kids.size} keys; ${late} tokens were looked at again late\n`,
          );
          expect(flaws).toEqual([]);
          expect(late).toBeGreaterThan(0);
          expect(kids.size).toBeGreaterThanOrEqual(Math.min(5, seconds / 4));

          // What they were signed with is gone by now, but for the last of them.
          await delay((jwtSeconds + keptSeconds + 3) * 1000);
          const published = await caching.load();
          expect(published.filter((kid) => kids.has(kid))).toEqual([]);
          expect(published.length).toBeGreaterThanOrEqual(2);
          expect(published.length).toBeLessThanOrEqual(jwtSeconds + keptSeconds + 5);
        },
        milliseconds,
      );

      it('are not used by a node that was stopped while they went', async () => {
        const [first, second] = [nodeAt(cluster, 0), nodeAt(cluster, 1)];
        const [before] = await jwksClient(second.origin).load();
        let answers: readonly Promise<Answer>[];
        second.pause();
        try {
          // Sent while it stands still, and answered by what it knew then, were it not to look.
          const at = addressOf(cluster, second);
          answers = Array.from({ length: 20 }, () => askMachine(at, 'notes:read'));
          await delay((jwtSeconds + keptSeconds + 3) * 1000);
        } finally {
          second.resume();
        }
        const others = jwksClient(first.origin);
        for (const { status, body } of await Promise.all(answers)) {
          expect(status).toBe(200);
          const token = String(body.access_token);
          expect(decodeProtectedHeader(token).kid).not.toBe(before);
          expect(await others.flawOf(token)).toBeUndefined();
        }
        // And it verifies at once what the others sign.
        const { body } = await askMachine(addressOf(cluster, first), 'notes:read');
        expect(await openApi(second.origin, '/api/notes', String(body.access_token))).toBe(200);
        expect(await jwksClient(second.origin).flawOf(String(body.access_token))).toBeUndefined();
      }, 60_000);
    },
    options,
  );

  function whyOf({ nodes }: Cluster): string {
    const lines = nodes.flatMap((node) => node.log().split('\n'));
    return lines.filter((line) => /signing\.failed|store\.failed/.test(line)).join('\n');
  }

  /** At a client that caches keys, and at the guard of some node. */
  async function flawsOf(
    { origin }: Cluster,
    token: string,
    client: JwksClient,
  ): Promise<string[]> {
    const flaw = await client.flawOf(token);
    const status = await openApi(origin, '/api/notes', token);
    const { exp = 0 } = decodeJwt(token);
    const isRefused = status !== 200 && Date.now() < exp * 1000;
    return [...(flaw === undefined ? [] : [flaw]), ...(isRefused ? [`a guard: ${status}`] : [])];
  }
}
