import { storeContract } from '@gatehouse/store-contract';
import { mongoStore } from '../src/index.js';
import { type Host, type HostName, hosts } from './hosts.js';

export const lacks = { transactions: 'an earlier precondition may be spent' };

export const runner = {
  describe,
  it: (name: string, body: () => Promise<void>) => it(name, body, 60_000),
};

/** The contract suite on the connection of a host's app. */
export function contractOnHost(server: () => { readonly uri: string }, name: HostName): void {
  describe(`on the host's connection of ${name}`, () => {
    let host: Host;
    beforeAll(async () => {
      host = await hosts[name](server().uri);
    });
    afterAll(() => host.close());
    const makeStore = ({ space }: { space: string }) =>
      mongoStore({ connection: host.connection, prefix: `${space}_` });
    const processes = 'those of the other processes are by a URI';
    storeContract(runner, { makeStore }, { lacks: { ...lacks, processes } });
  });
}
