import { parseArgs } from 'node:util';
import { type ChaosReport, runChaos } from './cluster/run-chaos.js';
import { isMain } from './workspace.js';

/** What a run came to, in lines for people. */
export function chaosLines(report: ChaosReport): string[] {
  const { store, seed, faults, counts, audited, findings, seconds } = report;
  const { servers, databases, pauses, longestOutage } = faults;
  return [
    `chaos on ${store}, seed ${seed}: ${servers + databases} kills (${servers} servers, ${databases} databases), ${pauses} pauses of the database, ${seconds} s`,
    `  longest outage of the database: ${Math.round(longestOutage)} ms`,
    `  ${Object.entries(counts)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ')}`,
    `  audited: ${audited}`,
    ...findings.slice(0, 50).map(({ violation, detail }) => `  VIOLATION ${violation}: ${detail}`),
    findings.length === 0 ? '  audit clean' : `  audit: ${findings.length} violations`,
  ];
}

if (isMain(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      store: { type: 'string', default: 'postgres' },
      kills: { type: 'string', default: '10' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 32)) },
    },
  });
  const { store } = values;
  if (store !== 'postgres' && store !== 'mongo') throw new Error('--store is postgres or mongo');
  const seed = Number(values.seed);
  console.log(`chaos on ${store}, seed ${seed}`);
  const report = await runChaos({ store, kills: Number(values.kills), seed });
  for (const line of chaosLines(report)) console.log(line);
  process.exitCode = report.findings.length === 0 ? 0 : 1;
}
