import { join } from 'node:path';
import type { Store } from '@gatehouse/core';
import { type LogStoreMistake, logStore, removeLog } from './log-store.js';

/** What the tests hand to the module. */
export interface LogStoreConfig {
  readonly folder: string;
  readonly lockPort: number;
  readonly mistake?: LogStoreMistake;
  readonly space: string;
}

/** Makes a store whose log is that of its space. */
export function makeStore({ space, folder, ...options }: LogStoreConfig): Store {
  return logStore({ ...options, path: join(folder, `${space}.log`) });
}

/** Removes the log of a space. */
export function removeStore({ space, folder }: LogStoreConfig): Promise<void> {
  return removeLog(join(folder, `${space}.log`));
}
