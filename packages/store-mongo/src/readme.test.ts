import mongoose from 'mongoose';
import { describeOnMongo } from '../../../scripts/testing/mongo.js';

const secret = 'Kx7Qm2Wp9Rt4Yb6Nz3Vc8Lf1Hs5Gd0Ja';

describeOnMongo("the code of the MongoDB store's README", (server) => {
  afterAll(() => mongoose.disconnect());

  test('starts a server on the connection of the app, after or without a migration', async () => {
    Object.assign(process.env, {
      GATEHOUSE_SECRET: secret,
      JOBS_SECRET: secret,
      DATABASE_URI: server().uri,
    });
    const { auth } = await import('../../../docs/examples/readmes/mongo.js');
    expect(auth.issuer).toBe('https://acme.example/auth');
    const { migrate } = await import('../../../docs/examples/readmes/mongo-indexes.js');
    await migrate(mongoose);
    const indexes = await mongoose.connection.collection('gatehouse_records').indexes();
    expect(indexes.map(({ key }) => key)).toContainEqual({ _id: 1 });
    await auth.close();
    expect(mongoose.connection.readyState).toBe(1);
  });
});
