import { describeBackchannel } from './describe-backchannel.js';

describeBackchannel({ downMilliseconds: 1000, firstAnswer: 503 });
