import { describe, it } from 'node:test';
import { memoryStore } from '@gatehouse/store-memory';
import { storeContract } from '../src/index.js';

// The parent process says where: an own process has nothing else to go by.
const config = JSON.parse(process.env.LOG_STORE ?? '{}') as Readonly<Record<string, unknown>>;

describe('a store in memory', () => {
  const lacks = { processes: 'the records are those of one process' };
  storeContract({ describe, it }, { makeStore: () => memoryStore() }, { lacks });
});

describe('a store of many processes', () => {
  storeContract({ describe, it }, { module: String(config.module), config });
});
