import { testSecretsInDatabase } from '../../core/test/secrets-in-database.js';
import { dumpMongo } from '../../../scripts/testing/dump-database.js';
import { describeOnMongo } from '../../../scripts/testing/mongo.js';
import { mongoStore } from './index.js';

describeOnMongo('the database of a server', (server) => {
  const prefix = `secrets${process.pid}_`;
  testSecretsInDatabase(() => {
    const { uri } = server();
    return { uri, prefix, dump: dumpMongo, makeStore: () => mongoStore({ uri, prefix }) };
  });
});
