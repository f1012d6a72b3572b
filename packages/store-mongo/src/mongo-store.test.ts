import { join } from 'node:path';
import { storeContract } from '@gatehouse/store-contract';
import { type BundledModules, bundleModules } from '../../../scripts/testing/bundle-module.js';
import { describeOnMongo } from '../../../scripts/testing/mongo.js';
import { contractOnHost, lacks, runner } from '../test/contract-on-host.js';
import { mongoStore } from './index.js';

describeOnMongo('mongoStore', (server) => {
  contractOnHost(server, 'mongoose 9 with settings of its own');
  contractOnHost(server, 'mongoose 8');

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
