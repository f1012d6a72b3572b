import { describePurge } from './describe-purge.js';

describePurge(20_000, '1g', 120_000);
