import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { passedFiles, readReport, skipProblems, tally } from './check-skips.js';
import { mapLimited } from './map-limited.js';
import {
  type Cell,
  type CellResult,
  cellsOf,
  labelOf,
  STORES,
  storeTableOf,
  suitesOf,
  tableOf,
} from './matrix.js';
import { type MatrixServers, startMatrixServers } from './matrix-servers.js';
import { nodeBinary } from './node-binary.js';
import { JEST, runParts } from './run-tests.js';
import { isSearched, secretProblems } from './search-secrets.js';
import { isMain } from './workspace.js';

const CELL_MILLISECONDS = 20 * 60_000;
// What a file leaves behind in its process slows those that come after it: a new one takes over from time to time.
const IN_TURN = ['--maxWorkers=1', '--workerIdleMemoryLimit=500MB'];

const none = { passed: 0, all: 0 };

/** Runs the suites of one cell, on a Node binary of its own. */
async function runCell(cell: Cell, binary: string, servers: MatrixServers): Promise<CellResult> {
  const lacking = servers.lacking.get(cell.store);
  const failed = { ...cell, passed: false, files: none, tests: none };
  if (lacking !== undefined) return { ...failed, text: lacking };
  const output = `.cache/matrix/${labelOf(cell).replace(/\W+/g, '-')}.json`;
  const secrets = output.replace(/json$/, 'secrets');
  for (const file of [output, secrets]) rmSync(file, { force: true });
  const args = [...JEST, ...IN_TURN, '--json', `--outputFile=${output}`, ...suitesOf(cell)];
  const { code, log } = await run(binary, args, {
    ...servers.env,
    GATEHOUSE_TEST_STORE: cell.store,
    GATEHOUSE_TEST_EXPRESS: cell.express,
    GATEHOUSE_TEST_MOUNT: cell.mount,
    ...(isSearched(cell.store) && { GATEHOUSE_TEST_SECRETS: secrets }),
  });
  if (!existsSync(output)) return { ...failed, text: `no report\n${log}` };
  const report = readReport(output);
  const problems = [
    ...skipProblems(report, { ci: true }),
    ...(await secretProblems(cell.store, servers.env, secrets)),
  ];
  const passed = code === 0 && problems.length === 0;
  const text = [tally(report), ...problems, ...(passed ? [] : [log])].join('\n');
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = report;
  const all = numPassedTests + numFailedTests + numPendingTests + numTodoTests;
  const tests = { passed: numPassedTests, all };
  return { ...cell, passed, files: passedFiles(report), tests, text };
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
      store: { type: 'string' },
      node: { type: 'string' },
      express: { type: 'string' },
      mount: { type: 'string' },
    },
  });
  const { store: name, ...others } = values;
  const store = STORES.find((each) => each === name);
  if (name !== store) throw new Error(`--store is ${STORES.join(', ')}, not ${name}`);
  const only = {
    ...others,
    ...(store && { store }),
    ...(values.mount === '/' && { mount: '' }),
  };
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
  const servers = await startMatrixServers(new Set(runnable.map(({ cell }) => cell.store)));
  const results = await mapLimited(runnable, 2, async ({ cell, binary }) => {
    const started = Date.now();
    const result = await runCell(cell, binary, servers);
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    const state = result.passed ? 'ok' : 'FAILED';
    console.log(`${state}  ${labelOf(cell)}: ${result.text} (${seconds} s)`);
    return result;
  }).finally(() => servers.stop());
  const failed = results.filter(({ passed }) => !passed).length;
  console.log(['', ...tableOf(results), '', ...storeTableOf(results), ''].join('\n'));
  console.log(`cells: ${results.length - failed} passed, ${failed} failed`);
  // They take the whole machine.
  const status = Object.keys(values).length === 0 ? runParts(['matrix']) : 0;
  if (failed > 0 || results.length === 0 || status !== 0) process.exitCode = 1;
}

if (isMain(import.meta.url)) await main();
