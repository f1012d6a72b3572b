import { setTimeout as delay } from 'node:timers/promises';
import { createAuthorizationServer, type Store } from '@gatehouse/core';
import { mongoStore } from '@gatehouse/store-mongo';
import { postgresStore } from '@gatehouse/store-postgres';
import mongoose from 'mongoose';
import pg from 'pg';
import { describeOnMongo } from '../testing/mongo.js';
import { describeOnPostgres } from '../testing/postgres.js';
import { clusterClients, ledger, notes } from './node-config.js';

/** Starts a server on the store, and closes it while it asks for something. */
async function useAndClose(store: Store): Promise<void> {
  const auth = await createAuthorizationServer({
    issuer: 'https://id.test/auth',
    secrets: ['a-secret-of-the-cluster-0123456789abcdef'],
    store,
    accounts: { find: (id: string) => ({ id }), id: ({ id }) => id },
    resources: {
      [notes]: { name: 'Notes', scopes: { 'notes:read': 'Read' } },
      [ledger]: { name: 'Ledger', scopes: { 'ledger:read': 'Read' } },
    },
    clients: clusterClients.filter(({ client_id }) => client_id === 'machine'),
  });
  const running = auth.clients.list();
  await auth.close();
  expect((await running).clients).toHaveLength(1);
}

const find = (store: Store): Promise<unknown> => store.find('Client', { id: 'x' }, 0);

describeOnPostgres('auth.close()', (server) => {
  it('leaves the pool of the host open', async () => {
    const pool = new pg.Pool({ connectionString: server().uri });
    await useAndClose(postgresStore({ pool, prefix: 'hosts_' }));
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    expect(pool.ended).toBe(false);
    await pool.end();
  });

  it('ends the pool that the store opened itself', async () => {
    await useAndClose(postgresStore({ uri: server().uri, prefix: 'own_' }));
    const pool = new pg.Pool({ connectionString: server().uri });
    const open = async (): Promise<unknown[]> => {
      const asked = "SELECT pid FROM pg_stat_activity WHERE application_name = 'gatehouse'";
      return (await pool.query(asked)).rows;
    };
    // The server lets go of a connection a moment after its end; what is only idle would stay for ten seconds.
    for (let tries = 0; tries < 40 && (await open()).length > 0; tries += 1) await delay(100);
    expect(await open()).toEqual([]);
    await pool.end();
  });
});

describeOnMongo('auth.close()', (server) => {
  it('leaves the connection of the host open', async () => {
    const connection = await mongoose.createConnection(server().uri).asPromise();
    const store = mongoStore({ connection, prefix: 'hosts_' });
    await useAndClose(store);
    expect(connection.readyState).toBe(mongoose.ConnectionStates.connected);
    expect(await find(store)).toBeUndefined();
    await connection.close();
  });

  it('closes the connection that the store opened itself', async () => {
    const store = mongoStore({ uri: server().uri, prefix: 'own_' });
    await useAndClose(store);
    await expect(find(store)).rejects.toThrow('the store is closed');
  });
});
