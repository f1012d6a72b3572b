import { storeContract } from '@gatehouse/store-contract';
import mongoose from 'mongoose';
import { describeOnMongo } from '../../../scripts/testing/mongo.js';
import { mongoStore } from './index.js';

const withoutTransactions = {
  'a commit that conflicts leaves none of its preconditions either':
    'without transactions an earlier precondition may be spent',
};

describeOnMongo("mongoStore on the host's connection, mongoose 9", (server) => {
  let spaces = 0;
  let connection: mongoose.Connection;
  beforeAll(async () => {
    connection = await mongoose.createConnection(server().uri).asPromise();
  });
  afterAll(() => connection.close());
  storeContract(
    { describe, it },
    { makeStore: () => mongoStore({ connection, prefix: `s${++spaces}_` }) },
    { skip: withoutTransactions },
  );
});
