import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Store } from '@gatehouse/core';
import { memoryStore } from '@gatehouse/store-memory';
import { build } from 'esbuild';
import { failuresOf } from '../test/failures-of.js';
import { contractKinds } from './fixtures.js';
import { storeContract, storeContractCases } from './index.js';

const makeStore = (): Store => memoryStore();
const aCase = 'of 50 consumes at once one wins, and its answer stays';

describe('storeContract', () => {
  let warn: jest.SpyInstance;
  beforeEach(() => {
    warn = import.meta.jest.spyOn(console, 'warn').mockImplementation(() => {});
  });
  afterEach(() => warn.mockRestore());

  it('gives each case a name of its own', () => {
    expect(new Set(storeContractCases).size).toBe(storeContractCases.length);
    expect(storeContractCases).toContain(aCase);
  });

  it('runs the same cases under node:test', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'store-contract-'));
    try {
      const outfile = join(folder, 'suite.mjs');
      const packages = join(import.meta.dirname, '../..');
      await build({
        entryPoints: [join(packages, 'store-contract/test/node-test-suite.ts')],
        outfile,
        bundle: true,
        platform: 'node',
        format: 'esm',
        // Of core the suite needs its storage contract alone.
        alias: {
          '@gatehouse/core': join(packages, 'core/src/store.ts'),
          '@gatehouse/store-memory': join(packages, 'store-memory/src/index.ts'),
        },
      });
      const args = ['--test', '--test-reporter=tap', outfile];
      const { stdout } = await promisify(execFile)(process.execPath, args);
      for (const name of storeContractCases) expect(stdout).toContain(`- ${name}\n`);
      expect(stdout).toContain(`# pass ${storeContractCases.length}\n`);
      expect(stdout).toContain('# fail 0\n# cancelled 0\n# skipped 0\n');
    } finally {
      await rm(folder, { recursive: true });
    }
  }, 60_000);

  it('prints a skipped case with its reason, and runs the others', async () => {
    const [run, skipped]: [string[], string[]] = [[], []];
    const it = Object.assign((name: string) => run.push(name), {
      skip: (name: string) => skipped.push(name),
    });
    const describe = (_name: string, body: () => void): void => body();
    storeContract({ describe, it }, { makeStore }, { skip: { [aCase]: 'one caller only' } });
    expect(run).toEqual(storeContractCases.filter((name) => name !== aCase));
    expect(skipped).toEqual([`${aCase} [skipped: one caller only]`]);
    expect(warn.mock.calls).toEqual([[`store contract: skipped "${aCase}": one caller only`]]);
  });

  it.each(['', '  ', undefined])('refuses a skip with the reason %j', async (reason) => {
    const skip = { [aCase]: reason } as Record<string, string>;
    await expect(failuresOf({ makeStore }, { skip })).rejects.toThrow(
      new TypeError(`skip has no reason for "${aCase}"`),
    );
  });

  it('refuses a skip that names no case', async () => {
    const skip = { toString: 'not a case' };
    await expect(failuresOf({ makeStore }, { skip })).rejects.toThrow(
      new TypeError('skip names no case of the store contract: "toString"'),
    );
  });

  it('passes over the accelerators that a store lacks, and says so', async () => {
    // The memory store must know its kinds, and this one has no open to be told them.
    const makeBare = async (): Promise<Store> => {
      const { name, durable, find, commit, list, open } = memoryStore();
      await open(contractKinds);
      return { name, durable, find, commit, list };
    };
    expect(await failuresOf({ makeStore: makeBare })).toEqual([]);
    const printed = warn.mock.calls.join('\n');
    for (const lacking of ['findRelated', 'open', 'close', 'purge']) {
      expect(printed).toContain(`the store has no ${lacking}`);
    }
  });

  it('opens a store before a case, and closes it even when the case fails', async () => {
    const seen: string[] = [];
    const makeFailing = (): Store => ({
      ...memoryStore(),
      open: async (kinds) => void seen.push(`open ${kinds.length}`),
      close: async () => void seen.push('close'),
    });
    const failures = await failuresOf({ makeStore: makeFailing });
    expect(failures.length).toBeGreaterThan(0);
    expect(seen.slice(0, 4)).toEqual(['open 2', 'close', 'open 2', 'close']);
  });
});
