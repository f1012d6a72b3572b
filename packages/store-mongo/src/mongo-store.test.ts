import { rmSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { storeContract } from '@gatehouse/store-contract';
import { describeOnMongo } from '../../../scripts/testing/mongo.js';
import { buildScript } from '../test/children.js';
import { type Host, hosts } from '../test/hosts.js';
import { mongoStore } from './index.js';

const lacks = { transactions: 'an earlier precondition may be spent' };
const script = await buildScript('store-module');
const module = pathToFileURL(script).href;
afterAll(() => rmSync(script));

describeOnMongo('mongoStore', (server) => {
  const config = {
    get uri(): string {
      return server().uri;
    },
  };

  describe.each(Object.entries(hosts))("on the host's connection of %s", (_name, open) => {
    let host: Host;
    beforeAll(async () => {
      host = await open(server().uri);
    });
    afterAll(() => host.close());
    const makeStore = ({ space }: { space: string }) =>
      mongoStore({ connection: host.connection, prefix: `${space}_` });
    const processes = 'those of the other processes are by a URI';
    storeContract({ describe, it }, { makeStore }, { lacks: { ...lacks, processes } });
  });

  describe('by a URI', () => {
    const makeStore = ({ space }: { space: string }) =>
      mongoStore({ uri: server().uri, prefix: `${space}_` });
    storeContract({ describe, it }, { makeStore, module, config }, { lacks });
  });
});
