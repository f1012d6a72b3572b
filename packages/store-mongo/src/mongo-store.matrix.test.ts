import { describeOnMongo } from '../../../scripts/testing/mongo.js';
import { contractOnHost } from '../test/contract-on-host.js';

// The two that `npm test` leaves out.
describeOnMongo('mongoStore', (server) => {
  contractOnHost(server, 'mongoose 9');
  contractOnHost(server, 'mongoose 8 with settings of its own');
});
