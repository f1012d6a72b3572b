import { describeRaces } from './describe-races.js';

describeRaces({ total: 10_000, clusters: 10, contenders: 4, lanes: 8, milliseconds: 3_600_000 });
