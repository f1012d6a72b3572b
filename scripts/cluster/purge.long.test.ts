import { describePurge } from './describe-purge.js';

describePurge(1_000_000, '4g', 1_800_000);
