import { performance } from 'node:perf_hooks';

// Everything but Date stays real: timers, sockets and the store's turns go on as they do.
const realOnes = [
  ...(['hrtime', 'nextTick', 'performance', 'queueMicrotask'] as const),
  ...(['setImmediate', 'clearImmediate', 'setInterval', 'clearInterval'] as const),
  ...(['setTimeout', 'clearTimeout'] as const),
];

/** Moves the clock of this process on; it goes on from there. */
export function travel(seconds: number): void {
  const { jest } = import.meta;
  const now = Date.now() + seconds * 1000;
  jest.useFakeTimers({ doNotFake: [...realOnes], advanceTimers: true, now });
}

/** Takes so much of the time that running requests have for the store. */
export function useUpTime(milliseconds: number): void {
  const now = performance.now.bind(performance);
  performance.now = () => now() + milliseconds;
}

/** Back to the real time. */
export function goHome(): void {
  import.meta.jest.useRealTimers();
  Reflect.deleteProperty(performance, 'now');
}
