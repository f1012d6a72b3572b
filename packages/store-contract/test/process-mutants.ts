import type { LogStoreMistake } from './log-store.js';

/** A store for many processes with one mistake, and a case that must catch it. */
export interface ProcessMutant {
  readonly mistake: LogStoreMistake;
  readonly caughtBy: string;
  readonly says: RegExp;
}

const killed =
  'a process that is killed while it commits leaves nothing handed out that was not paid for';

/** Mistakes that one process alone does not show. */
export const processMutants: readonly ProcessMutant[] = [
  {
    mistake: 'processes do not wait for each other',
    caughtBy: 'of 4 processes with 250 consumes each at once one caller wins',
    says: /callers won$/m,
  },
  {
    mistake: 'processes do not wait for each other',
    caughtBy:
      'of 4 processes with 50 inserts of one id, and of one unique value, each at once one caller wins',
    says: /callers won$/m,
  },
  { mistake: 'plain writes go first', caughtBy: killed, says: /handed out for nothing/ },
  { mistake: 'preconditions and plain writes go apart', caughtBy: killed, says: /left in parts/ },
  {
    mistake: 'a read sees what this process has seen',
    caughtBy: 'what one process has committed, every other finds at once',
    says: /^step \d$/m,
  },
  {
    mistake: 'open begins anew',
    caughtBy: 'open by 5 processes at once makes one store',
    says: /t0/,
  },
  {
    mistake: 'a clock that is fast ends what others still hold',
    caughtBy:
      'of 4 processes whose clocks are minutes apart one caller wins, and the sweep of none helps another',
    says: /callers won$/m,
  },
];
