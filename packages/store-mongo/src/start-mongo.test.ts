import mongoose from 'mongoose';
import { describeOnMongo } from '../../../scripts/testing/mongo.js';
import { startMongo } from '../../../scripts/testing/start-mongo.js';

async function countOf(uri: string): Promise<number> {
  const connection = await mongoose.createConnection(uri).asPromise();
  try {
    await connection.collection('things').insertOne({});
    return await connection.collection('things').countDocuments();
  } finally {
    await connection.close();
  }
}

describeOnMongo(
  'startMongo',
  (server) => {
    test('gives an empty database of a server that was given, and removes it', async () => {
      const given = { label: 'given', uri: server().uri };
      const [one, other] = [await startMongo(given), await startMongo(given)];
      expect(new Set([server().uri, one.uri, other.uri]).size).toBe(3);
      expect([await countOf(one.uri), await countOf(other.uri)]).toEqual([1, 1]);
      await one.stop();
      await other.stop();
      expect([await countOf(one.uri), await countOf(server().uri)]).toEqual([1, 1]);
      await one.stop();
    });

    test('starts a killed server again at the same address', async () => {
      await countOf(server().uri);
      await server().kill();
      await expect(countOf(`${server().uri}?serverSelectionTimeoutMS=200`)).rejects.toThrow();
      await server().restart();
      expect(await countOf(server().uri)).toBeGreaterThan(0);
    });

    test('asks for the users of a given server where its address says', async () => {
      const uriOf = async (uri: string) => (await startMongo({ label: '', uri })).uri;
      const path = /gatehouse_test_\w+/;
      const plain = await uriOf('mongodb://a.example:1,b.example:2');
      expect(plain.replace(path, 'db')).toBe('mongodb://a.example:1,b.example:2/db?');
      const named = await uriOf('mongodb://u:p@a.example/users?replicaSet=rs');
      expect(named.replace(path, 'db')).toBe(
        'mongodb://u:p@a.example/db?replicaSet=rs&authSource=users',
      );
    });
  },
  { own: true },
);
