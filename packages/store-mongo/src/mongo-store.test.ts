import { join } from 'node:path';
import { storeContract } from '@gatehouse/store-contract';
import { type BundledModules, bundleModules } from '../../../scripts/testing/bundle-module.js';
import { describeOnMongo } from '../../../scripts/testing/mongo.js';
import { type Host, hosts } from '../test/hosts.js';
import { mongoStore } from './index.js';

const lacks = { transactions: 'an earlier precondition may be spent' };
const runner = {
  describe,
  it: (name: string, body: () => Promise<void>) => it(name, body, 60_000),
};

describeOnMongo('mongoStore', (server) => {
  describe.each(Object.entries(hosts))("on the host's connection of %s", (_name, open) => {
    let host: Host;
    beforeAll(async () => {
      host = await open(server().uri);
    });
    afterAll(() => host.close());
    const makeStore = ({ space }: { space: string }) =>
      mongoStore({ connection: host.connection, prefix: `${space}_` });
    const processes = 'those of the other processes are by a URI';
    storeContract(runner, { makeStore }, { lacks: { ...lacks, processes } });
  });

  describe('by a URI', () => {
    let bundled: BundledModules;
    beforeAll(async () => {
      bundled = await bundleModules(join(import.meta.dirname, '../test/contract-module.ts'));
    });
    afterAll(() => bundled.remove());
    const underTest = {
      makeStore: ({ space }: { space: string }) =>
        mongoStore({ uri: server().uri, prefix: `${space}_` }),
      get module() {
        return bundled.urls[0] ?? '';
      },
      get config() {
        return { uri: server().uri };
      },
    };
    storeContract(runner, underTest, { lacks });
  });

  it('is named, durable, and whole', () => {
    const store = mongoStore({ uri: server().uri });
    expect(store).toMatchObject({ name: 'mongo', durable: true });
    const functions = [
      'find',
      'commit',
      'list',
      'findRelated',
      'open',
      'close',
      'purge',
      'limiter',
    ];
    expect(Object.keys(store).sort()).toEqual(['name', 'durable', ...functions].sort());
  });
});
