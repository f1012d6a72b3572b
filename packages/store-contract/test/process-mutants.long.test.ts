import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BundledModules, bundleModules } from '../../../scripts/testing/bundle-module.js';
import { storeContractCases } from '../src/index.js';
import { reasonsOf } from './failures-of.js';
import { freePort } from '../../../scripts/testing/free-port.js';
import type { LogStoreMistake } from './log-store.js';
import { type LogStoreConfig, makeStore } from './log-store-module.js';
import { processMutants } from './process-mutants.js';

describe('the store contract, over many processes,', () => {
  let folder: string;
  let lockPort: number;
  let bundled: BundledModules;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'log-store-'));
    lockPort = await freePort();
    bundled = await bundleModules(join(import.meta.dirname, 'log-store-module.ts'));
  });
  afterAll(async () => {
    bundled.remove();
    await rm(folder, { recursive: true });
  });

  const processCases = storeContractCases.slice(-6);
  const reasons = (
    mistake: LogStoreMistake | undefined,
    names: readonly string[],
    lacks = {},
  ): Promise<ReadonlyMap<string, string>> => {
    const underTest = {
      // In this process the sources, whose conflicts are those that the suite knows.
      makeStore: (config: object) => makeStore(config as LogStoreConfig),
      module: bundled.urls[0] ?? '',
      config: { folder, lockPort, ...(mistake && { mistake }) },
    };
    return reasonsOf(underTest, { lacks }, (name) => names.includes(name));
  };

  it.each(processMutants)(
    'is not kept when $mistake',
    async ({ mistake, caughtBy, says }) => {
      expect(processCases).toContain(caughtBy);
      expect((await reasons(mistake, [caughtBy])).get(caughtBy)).toMatch(says);
    },
    60_000,
  );

  it('is kept by the store that the mutants are made of', async () => {
    expect(await reasons(undefined, processCases)).toEqual(new Map());
  }, 60_000);

  it('lets a store without transactions leave a precondition that was spent for nothing', async () => {
    const lacks = { transactions: 'a record at a time' };
    const mistake = 'preconditions and plain writes go apart';
    expect(await reasons(mistake, processCases, lacks)).toEqual(new Map());
  }, 60_000);
});
