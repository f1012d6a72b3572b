import type { EventHub } from '../events.js';
import type { Ring } from './key-ring.js';

/** Tells what became of the keys, once the store has it. */
export function announceRing(before: Ring, after: Ring, events: Pick<EventHub, 'emit'>): void {
  const states = new Map(after.map(({ kid, state }) => [kid, state]));
  for (const { kid, alg, state } of before) {
    const became = states.get(kid);
    if (became === undefined) {
      // Of a retired key nothing is left to verify; any other was dropped before its time.
      events.emit(state === 'retired' ? 'keys.removed' : 'keys.revoked', { kid, alg });
    } else if (state === 'next' && became === 'active') {
      events.emit('keys.rotated', { kid, alg });
    }
  }
}
