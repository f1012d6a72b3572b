import { randomBytes } from 'node:crypto';
import type { Store } from '@gatehouse/core';
import type { Capability, ContractCase, Need } from './contract-case.js';
import { contractKinds } from './fixtures.js';
import type { StoreConfig, StoreUnderTest } from './store-contract.js';
import { type StartProcesses, type StoreProcess, startStoreProcess } from './store-process.js';

type Lacks = Readonly<Partial<Record<Capability, string>>>;

/** What a module of a store exports. */
interface StoreModule {
  readonly makeStore: (config: StoreConfig) => Promise<Store> | Store;
  readonly removeStore?: (config: StoreConfig) => Promise<void> | void;
}

/** Makes a store, runs one case on it, and leaves nothing of it. */
export async function runCase(
  { name, needs, run }: ContractCase,
  underTest: StoreUnderTest,
  lacks: Lacks,
): Promise<void> {
  const module = underTest.module === undefined ? undefined : String(underTest.module);
  const imported = module === undefined ? undefined : ((await import(module)) as StoreModule);
  const makeStore = underTest.makeStore ?? imported?.makeStore;
  if (makeStore === undefined) throw new TypeError('give makeStore, or a module that exports it');
  const configs: StoreConfig[] = [];
  const newConfig = (): StoreConfig => {
    const config = { ...underTest.config, space: `s${randomBytes(5).toString('hex')}` };
    configs.push(config);
    return config;
  };
  const config = newConfig();
  const processes: StoreProcess[] = [];
  const startProcesses: StartProcesses = async (count, { fresh = false } = {}) => {
    if (module === undefined) throw new TypeError('other processes need a module');
    const theirs = fresh ? newConfig() : config;
    const starting = Array.from({ length: count }, () => startStoreProcess(module, theirs));
    const started = await Promise.all(starting);
    processes.push(...started);
    return started;
  };

  const store = await makeStore(config);
  try {
    await store.open?.(contractKinds);
    const needed = [needs ?? []].flat();
    if (needed.some((need) => isCapability(need) && lacks[need] !== undefined)) return;
    for (const need of needed) {
      const reason = lackOf(need, store, module);
      if (reason !== undefined) return printSkip(name, reason);
    }
    const now = Math.floor(Date.now() / 1000);
    await run({ store, now, transactions: lacks.transactions === undefined, startProcesses });
  } finally {
    await Promise.all(processes.map((one) => one.kill()));
    await store.close?.();
    for (const one of configs) await imported?.removeStore?.(one);
  }
}

/** Prints a case that does not run. */
export function printSkip(name: string, reason: string): void {
  console.warn(`store contract: skipped "${name}": ${reason}`);
}

function isCapability(need: Need): need is Capability {
  return need === 'transactions' || need === 'processes';
}

function lackOf(need: Need, store: Store, module: string | undefined): string | undefined {
  if (need === 'transactions') return undefined;
  if (need !== 'processes') {
    return store[need] === undefined ? `the store has no ${need}` : undefined;
  }
  if (module !== undefined) return undefined;
  if (!store.durable) return 'no module was given';
  // What is kept is shared: a store that production may use has to show that it is right there.
  throw new TypeError(
    'a durable store needs a module for other processes, or a reason in lacks.processes',
  );
}
