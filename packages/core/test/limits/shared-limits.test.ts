import { mongoStore } from '@gatehouse/store-mongo';
import { postgresStore } from '@gatehouse/store-postgres';
import mongoose from 'mongoose';
import pg from 'pg';
import { describeOnMongo } from '../../../../scripts/testing/mongo.js';
import { describeOnPostgres } from '../../../../scripts/testing/postgres.js';
import { describeOnRedis } from '../../../../scripts/testing/redis.js';
import { type RedisCounters, redisCounters } from '../redis-counters.js';
import { itSharesLimits } from '../shared-limits.js';

const prefix = `l${process.pid}_`;

describeOnPostgres('limits over three nodes', (server) => {
  const optionsOf = () => ({ store: postgresStore({ uri: server().uri, prefix }) });
  itSharesLimits(optionsOf, async () => {
    const client = new pg.Client({ connectionString: server().uri });
    await client.connect();
    const { rows } = await client.query<{ key: string }>(`select key from ${prefix}counters`);
    await client.query(`drop table ${prefix}counters, ${prefix}records`);
    await client.end();
    return rows.map(({ key }) => key);
  });
});

describeOnMongo('limits over three nodes', (server) => {
  const optionsOf = () => ({ store: mongoStore({ uri: server().uri, prefix }) });
  itSharesLimits(optionsOf, async () => {
    const connection = await mongoose.createConnection(server().uri).asPromise();
    const counters = connection.collection<{ _id: string }>(`${prefix}counters`);
    const keys = (await counters.find().toArray()).map(({ _id }) => _id);
    await connection.close();
    return keys;
  });
});

describeOnRedis('limits over three nodes', (server) => {
  const counters: RedisCounters[] = [];
  const connect = (): RedisCounters => {
    const one = redisCounters(server().uri);
    counters.push(one);
    return one;
  };
  itSharesLimits(
    () => ({ limits: connect().limits }),
    () => connect().keys(),
  );
  afterAll(() => {
    for (const one of counters) one.close();
  });
});
