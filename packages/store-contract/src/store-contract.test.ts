import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Store } from '@gatehouse/core';
import { memoryStore } from '@gatehouse/store-memory';
import { bundleModules } from '../../../scripts/testing/bundle-module.js';
import { failuresOf, reasonsOf } from '../test/failures-of.js';
import { storeWithLimiter } from '../test/limiter-mutants.js';
import { freePort } from '../../../scripts/testing/free-port.js';
import { contractKinds } from './fixtures.js';
import { type StoreConfig, storeContract, storeContractCases } from './index.js';

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

  it('runs the same cases under node:test, on one process and on many', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'store-contract-'));
    const test = (name: string): string => join(import.meta.dirname, '../test', name);
    const bundled = await bundleModules(test('node-test-suite.ts'), test('log-store-module.ts'));
    try {
      const [suite = '', module] = bundled.urls;
      const config = { module, folder, lockPort: await freePort() };
      const args = ['--test', '--test-reporter=tap', fileURLToPath(suite)];
      const env = { ...process.env, LOG_STORE: JSON.stringify(config) };
      const { stdout } = await promisify(execFile)(process.execPath, args, { env });
      for (const name of storeContractCases) expect(stdout.split(`- ${name}\n`)).toHaveLength(3);
      // The two suites are tests of their own to node:test, and so is each concern.
      expect(stdout).not.toMatch(/^ *not ok/m);
      expect(stdout).toContain('# fail 0\n# cancelled 0\n# skipped 0\n');
      expect(await readdir(folder)).toEqual([]);
    } finally {
      bundled.remove();
      await rm(folder, { recursive: true });
    }
  }, 120_000);

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
      new TypeError('skip names nothing of the store contract: "toString"'),
    );
  });

  it('prints what a store lacks once, with the reason, and each case of a function that it has not', async () => {
    const lacks = { processes: 'one process only' };
    expect(await failuresOf({ makeStore }, { lacks })).toEqual([]);
    const [capability, ...skipped] = warn.mock.calls.flat();
    expect(capability).toBe('store contract: the store lacks processes: one process only');
    expect(skipped).toHaveLength(6);
    for (const line of skipped) {
      expect(line).toMatch(/^store contract: skipped "limiter [^"]+": the store has no limiter$/);
    }
    warn.mockClear();
    expect(await failuresOf({ makeStore: () => storeWithLimiter() }, { lacks })).toEqual([]);
    expect(warn.mock.calls.flat()).toEqual([capability]);
  });

  it.each([{ processes: ' ' }, { transactions: undefined }, { memory: 'not a capability' }])(
    'refuses that a store lacks %j',
    async (lacks) => {
      await expect(failuresOf({ makeStore }, { lacks: lacks as never })).rejects.toThrow(
        /^lacks (has no reason for|names nothing)/,
      );
    },
  );

  it('asks a durable store for a module, or for a reason why it has none', async () => {
    const makeDurable = (): Store => ({ ...memoryStore(), durable: true });
    const reasons = await reasonsOf({ makeStore: makeDurable });
    expect(reasons.size).toBe(6);
    for (const reason of reasons.values()) {
      expect(reason).toMatch(/^a durable store needs a module for other processes/);
    }
  });

  it('hands its config to the makers, with a space that is new for each case', async () => {
    const configs: StoreConfig[] = [];
    const makeNoted = (config: StoreConfig): Store => {
      configs.push(config);
      return memoryStore();
    };
    await failuresOf({ makeStore: makeNoted, config: { uri: 'x' } });
    expect(configs).toHaveLength(storeContractCases.length);
    expect(new Set(configs.map(({ space }) => space)).size).toBe(configs.length);
    for (const { uri, space } of configs)
      expect(`${uri} ${space}`).toMatch(/^x [a-z][a-z0-9]{0,11}$/);
  });

  it('needs a maker', async () => {
    const reasons = await reasonsOf({});
    expect(new Set(reasons.values())).toEqual(
      new Set(['give makeStore, or a module that exports it']),
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
