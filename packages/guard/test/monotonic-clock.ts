/** Lets a test move `performance.now`, on which ages and pauses are measured, instead of waiting. */
export interface MonotonicClock {
  advance(seconds: number): void;
}

/** A clock for the tests of a file; each test begins at the real time. */
export function controlMonotonicClock(): MonotonicClock {
  const real = performance.now.bind(performance);
  let offset = 0;
  beforeEach(() => {
    offset = 0;
    Object.defineProperty(performance, 'now', { configurable: true, value: () => real() + offset });
  });
  afterEach(() => {
    Reflect.deleteProperty(performance, 'now');
  });
  return {
    advance(seconds) {
      offset += seconds * 1000;
    },
  };
}
