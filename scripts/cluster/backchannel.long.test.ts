import { describeBackchannel } from './describe-backchannel.js';

describeBackchannel({ downMilliseconds: 60_000, firstAnswer: 0 });
