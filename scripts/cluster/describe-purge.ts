import { describeOnStores } from './describe-on-stores.js';
import type { Latencies } from './live-requests.js';
import { type PurgeReport, runPurge } from './purge-run.js';

const mostMilliseconds = 5000;
const mostHeapBytes = 64 * 1024 * 1024;

/** A purge of so many expired tokens on one node, killed in the middle, while another serves. */
export function describePurge(expired: number, memory: string, milliseconds: number): void {
  const name = `a purge of ${expired} expired tokens on one node, while another serves`;
  describeOnStores(
    name,
    (store) => {
      let report: PurgeReport;
      beforeAll(async () => {
        report = await runPurge(store(), expired);
        process.stderr.write(`${name}, on ${store().kind}: ${textOf(report)}\n`);
      }, milliseconds);

      it('slows no live request', () => {
        for (const { count, failed, slowestMilliseconds } of [report.before, report.during]) {
          expect(failed).toEqual([]);
          expect(count).toBeGreaterThan(0);
          expect(slowestMilliseconds).toBeLessThan(mostMilliseconds);
        }
      });

      it('goes on in another process after a kill, and leaves nothing', () => {
        expect(report.leftAtKill).toBeGreaterThan(0);
        expect(report.leftAtKill).toBeLessThan(expired);
        expect(report.removedAfterKill).toBeGreaterThanOrEqual(report.leftAtKill);
        expect(report.left).toBe(0);
      });

      it('takes no more memory for many', () => {
        expect(report.heapGrowthBytes).toBeLessThan(mostHeapBytes);
      });
    },
    { own: true, memory },
  );
}

function textOf({ before, during, seconds, heapGrowthBytes, leftAtKill }: PurgeReport): string {
  const one = ({ count, medianMilliseconds, slowestMilliseconds }: Latencies): string =>
    `${count} requests, median ${medianMilliseconds.toFixed(1)} ms, slowest ${slowestMilliseconds.toFixed(0)} ms`;
  const megabytes = (heapGrowthBytes / 1024 / 1024).toFixed(1);
  return [
    `before ${one(before)}; during ${one(during)}`,
    `killed with ${leftAtKill} left, ${seconds.toFixed(1)} s in all, heap + ${megabytes} MB`,
  ].join('; ');
}
