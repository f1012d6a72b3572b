import { describeChaos } from './describe-chaos.js';

describeChaos(1_000, 3 * 3_600_000);
