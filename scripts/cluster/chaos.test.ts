import { chaosLines } from '../chaos.js';
import { describeChaos } from './describe-chaos.js';
import type { Violation } from './chaos-audit.js';
import type { StoreFault } from './faulty-store.js';
import { runChaos } from './run-chaos.js';

describeChaos(10);

describe('the audit', () => {
  const planted: readonly (readonly [StoreFault, readonly Violation[]])[] = [
    ['double consume', ['a code was redeemed twice', 'a refresh token has two successors']],
    ['lost access token', ['a token is not known to the store']],
    ['no removal', ['a revoked grant is alive']],
    ['no receipt', ['an honest client was logged out']],
  ];

  it.each(planted)(
    'names what comes of a store with the defect "%s"',
    async (fault, violations) => {
      const report = await runChaos({ store: 'memory', kills: 0, seed: 1, fault });
      const found = new Set(report.findings.map(({ violation }) => violation));
      expect([...found]).toEqual(expect.arrayContaining([...violations]));
      expect(chaosLines(report).join('\n')).toContain(`VIOLATION ${violations[0]}`);
    },
    90_000,
  );

  it('finds nothing where there is no defect', async () => {
    const report = await runChaos({ store: 'memory', kills: 0, seed: 1 });
    expect(report.findings).toEqual([]);
    expect(report.counts.refreshes).toBeGreaterThan(0);
  }, 90_000);
});
