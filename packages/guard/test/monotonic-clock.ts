/** Lets a test move `performance.now`, on which ages and pauses are measured, instead of waiting. */
export interface MonotonicClock {
  advance(seconds: number): void;
  restore(): void;
}

export function controlMonotonicClock(): MonotonicClock {
  const real = performance.now.bind(performance);
  let offset = 0;
  Object.defineProperty(performance, 'now', { configurable: true, value: () => real() + offset });
  return {
    advance(seconds) {
      offset += seconds * 1000;
    },
    restore() {
      Reflect.deleteProperty(performance, 'now');
    },
  };
}
