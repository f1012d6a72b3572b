import { randomBytes } from 'node:crypto';
import type { Store } from '@gatehouse/core';

/** Makes a store over the server of the run; the names of its records begin with the prefix. */
type MakeStore = (prefix: string) => Store;

// Loaded only when it is under test: a driver costs each test file its time.
const makers: Readonly<Record<string, () => Promise<MakeStore>>> = {
  async memory() {
    const { memoryStore } = await import('@gatehouse/store-memory');
    return () => memoryStore();
  },
  async mongo() {
    const { mongoStore } = await import('@gatehouse/store-mongo');
    const uri = addressIn('MONGODB_URI');
    return (prefix) => mongoStore({ uri, prefix });
  },
  async postgres() {
    const { postgresStore } = await import('@gatehouse/store-postgres');
    const uri = addressIn('POSTGRES_URI');
    return (prefix) => postgresStore({ uri, prefix });
  },
  async custom() {
    const { makeStore } = await import('../../../examples/custom-store/contract-module.js');
    const url = addressIn('REDIS_URI');
    return (space) => makeStore({ url, space });
  },
};

const { GATEHOUSE_TEST_STORE: name = 'memory' } = process.env;
const load = makers[name];
if (load === undefined) {
  throw new Error(`GATEHOUSE_TEST_STORE is ${Object.keys(makers).join(', ')}, not ${name}`);
}
const makeStore = await load();

/** An empty store of the kind under test: the matrix walks all of them. Whoever opens it closes it. */
export function testStore(): Store {
  return makeStore(`t${randomBytes(6).toString('hex')}_`);
}

function addressIn(variable: string): string {
  const address = process.env[variable];
  if (!address) throw new Error(`GATEHOUSE_TEST_STORE=${name} needs ${variable}`);
  return address;
}
