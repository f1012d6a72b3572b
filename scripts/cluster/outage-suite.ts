import { allWell, goOn, openFlows, probedClients } from './outage-flows.js';
import { probesOf } from './outage-probes.js';
import type { Trouble } from './outage-troubles.js';
import { type Seen, sendAll, timeToHeal } from './send-probes.js';
import type { Cluster, ClusterOptions } from './start-cluster.js';

// Within this every request is told that it cannot be served, beside what a busy machine itself takes for such a crowd: that
// is measured before.
const answerMilliseconds = 5_000;

function whatIsWrong(
  { probe, status, headers, text, milliseconds }: Seen,
  trouble: Trouble,
  limit: number,
): string[] {
  const wrong: string[] = [];
  const expected = trouble.leaves.includes(probe.needs) ? probe.status : 503;
  if (status !== expected) wrong.push(`status ${status}, not ${expected}`);
  if (milliseconds > limit) wrong.push(`took ${Math.round(milliseconds)} ms`);
  if (expected === 503) {
    const isPage = headers.get('content-type')?.startsWith('text/html') === true;
    if (isPage !== (probe.audience === 'people')) wrong.push(`a ${headers.get('content-type')}`);
    if (!text.includes('temporarily_unavailable')) wrong.push('the error is not in the body');
    if (!(Number(headers.get('retry-after')) >= 1)) wrong.push('no Retry-After');
    if (headers.getSetCookie().length > 0) wrong.push('a cookie');
    if (/ECONN|127\.0\.0\.1:\d+ ?[-;,]|Mongo|Postgre|read-only/.test(text))
      wrong.push('words of the driver');
  }
  return wrong.map((what) => `${probe.name}: ${what}`);
}

function slowestOf(seen: readonly Seen[]): number {
  return Math.round(Math.max(...seen.map(({ milliseconds }) => milliseconds)));
}

/** In each trouble every endpoint is asked, alone and in a crowd, and asked to go on after. Prints what was measured. */
export function outageSuite(
  label: string,
  open: () => Promise<Cluster>,
  troubles: readonly Trouble[],
): void {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await open();
  }, 90_000);
  afterAll(() => cluster?.stop());

  async function heldLongest(): Promise<number> {
    const held = await Promise.all(cluster.nodes.map((node) => node.call('held')));
    return Math.max(...held.map(Number));
  }

  const health = (): Promise<unknown[]> =>
    Promise.all(
      cluster.nodes.map(async (node) => {
        const started = performance.now();
        const { ok } = (await node.call('health')) as { ok: boolean };
        return { ok, inTime: performance.now() - started < answerMilliseconds };
      }),
    );

  it.each(troubles.map((trouble) => [trouble.name, trouble] as const))(
    '%s: every endpoint says so in five seconds, spends nothing, and goes on by itself after',
    async (_name, trouble) => {
      const flows = await openFlows(cluster);
      const probes = probesOf(cluster, flows);
      const crowdOf = Math.ceil(200 / probes.harmless.length);
      const many = Array.from({ length: crowdOf }, () => probes.harmless).flat();
      const usual = slowestOf(await sendAll(many));
      await trouble.begin();
      let first: Seen[];
      let crowd: Seen[];
      let held: number;
      try {
        await heldLongest();
        first = await sendAll(probes.all);
        crowd = await sendAll(many);
        held = await heldLongest();
        expect(await health()).toEqual(cluster.nodes.map(() => ({ ok: false, inTime: true })));
      } finally {
        await trouble.end();
      }
      const healed = await timeToHeal(cluster);
      const seen = [...first, ...crowd];
      process.stderr.write(
        `outage on ${label}, ${trouble.name}: slowest of ${seen.length} answers ${slowestOf(seen)} ms (${usual} ms without outage), event loop held ${Math.round(held)} ms at most, healed in ${Math.round(healed)} ms\n`,
      );
      const limit = answerMilliseconds + usual;
      const wrong = seen.flatMap((one) => whatIsWrong(one, trouble, limit));
      expect([...new Set(wrong)]).toEqual([]);
      expect(held).toBeLessThan(3_000);
      expect(await goOn(cluster, flows)).toEqual(allWell);
      expect(await health()).toEqual(cluster.nodes.map(() => ({ ok: true, inTime: true })));
      // Nobody died of it.
      expect(cluster.nodes.map((node) => node.log()).join('')).not.toMatch(/uncaught|unhandled/i);
    },
    120_000,
  );
}

/** What its cluster is made of. */
export const outageCluster: Omit<ClusterOptions, 'store'> = {
  clients: probedClients,
  size: 2,
  // A busy machine takes its time between the code and the end of the outage.
  issue: { code: { lifetimeSeconds: 600 } },
};
