/** Random decisions that one seed repeats. */
export interface SeededRandom {
  chance(probability: number): boolean;
  /** A number from `least`, below `most`. */
  between(least: number, most: number): number;
  pick<Item>(items: readonly Item[]): Item | undefined;
  /** Decisions of their own, for somebody who decides at another pace. */
  fork(): SeededRandom;
}

/** Makes them (mulberry32). */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    chance: (probability) => next() < probability,
    between: (least, most) => least + next() * (most - least),
    pick: (items) => items[Math.floor(next() * items.length)],
    fork: () => seededRandom(Math.floor(next() * 2 ** 32)),
  };
}
