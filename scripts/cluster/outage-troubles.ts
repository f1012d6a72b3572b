import { setTimeout as delay } from 'node:timers/promises';
import type { TestServer } from '../testing/test-server.js';
import type { Need } from './send-probes.js';

/** How a database gets into trouble, and out of it. */
export interface Trouble {
  readonly name: string;
  /** What it still gives: nothing, or reads. */
  readonly leaves: readonly Need[];
  begin(): Promise<void>;
  end(): Promise<void>;
}

type Server = () => Pick<TestServer, 'pause' | 'resume' | 'kill' | 'restart'>;

/** It stands still. */
export function stopped(server: Server): Trouble {
  return {
    name: 'is stopped',
    leaves: ['nothing'],
    begin: async () => server().pause(),
    end: async () => server().resume(),
  };
}

/** It is killed, after so many milliseconds in which it may write down what it has. */
export function killed(server: Server, milliseconds = 0): Trouble {
  return {
    name: 'is killed and restarted',
    leaves: ['nothing'],
    async begin() {
      await delay(milliseconds);
      await server().kill();
    },
    end: () => server().restart(),
  };
}

/** It refuses writes, until what `refuse` gave is called. */
export function refusing(name: string, refuse: () => Promise<() => unknown>): Trouble {
  let allow: () => unknown = () => {};
  return {
    name,
    leaves: ['nothing', 'reads'],
    async begin() {
      allow = await refuse();
    },
    async end() {
      await allow();
    },
  };
}
