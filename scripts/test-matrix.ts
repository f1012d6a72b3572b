import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readReport, skipProblems, tally } from './check-skips.js';
import { type Cell, type CellResult, cellsOf, labelOf, mapLimited, tableOf } from './matrix.js';
import { nodeBinary } from './node-binary.js';
import { JEST } from './run-tests.js';
import { isMain } from './workspace.js';

const SUITE = 'packages/core/test/flows';
const CELL_MILLISECONDS = 5 * 60_000;

/** Runs the flow suite in one cell, on a Node binary of its own. */
async function runCell(cell: Cell, binary: string): Promise<CellResult> {
  const output = `.cache/matrix/${labelOf(cell).replace(/\W+/g, '-')}.json`;
  rmSync(output, { force: true });
  const args = [...JEST, '--runInBand', '--json', `--outputFile=${output}`, SUITE];
  const { code, log } = await run(binary, args, {
    GATEHOUSE_TEST_EXPRESS: cell.express,
    GATEHOUSE_TEST_MOUNT: cell.mount,
  });
  if (!existsSync(output)) return { ...cell, passed: false, text: `no report\n${log}` };
  const report = readReport(output);
  const problems = skipProblems(report, { ci: true });
  const passed = code === 0 && problems.length === 0;
  const text = [tally(report), ...problems, ...(passed ? [] : [log])].join('\n');
  return { ...cell, passed, text };
}

function run(
  binary: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<{ readonly code: number | null; readonly log: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(binary, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: CELL_MILLISECONDS,
    });
    let log = '';
    const append = (chunk: Buffer): void => {
      log += chunk.toString();
    };
    child.stdout.on('data', append);
    child.stderr.on('data', append);
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, log }));
  });
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      node: { type: 'string' },
      express: { type: 'string' },
      mount: { type: 'string' },
    },
  });
  const only = values.mount === '/' ? { ...values, mount: '' } : values;
  mkdirSync('.cache/matrix', { recursive: true });
  const cells = cellsOf(only);
  const binaries = new Map(
    [...new Set(cells.map(({ node }) => node))].map((node) => [node, nodeBinary('.', node)]),
  );
  for (const [node, binary] of binaries) {
    if (binary === undefined) {
      console.log(`SKIPPED node ${node}: no binary for ${process.platform} ${process.arch}`);
    }
  }
  const runnable = cells.flatMap((cell) => {
    const binary = binaries.get(cell.node);
    return binary === undefined ? [] : [{ cell, binary }];
  });
  const results = await mapLimited(runnable, 2, async ({ cell, binary }) => {
    const started = Date.now();
    const result = await runCell(cell, binary);
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    const state = result.passed ? 'ok' : 'FAILED';
    console.log(`${state}  ${labelOf(cell)}: ${result.text} (${seconds} s)`);
    return result;
  });
  const failed = results.filter(({ passed }) => !passed).length;
  console.log(['', ...tableOf(results), ''].join('\n'));
  console.log(`cells: ${results.length - failed} passed, ${failed} failed`);
  if (failed > 0 || results.length === 0) process.exitCode = 1;
}

if (isMain(import.meta.url)) await main();
