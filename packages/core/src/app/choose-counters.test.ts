import { memoryStore } from '@gatehouse/store-memory';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { Counter, CounterOptions } from '../counter.js';
import { ConfigurationError } from '../errors.js';
import { chooseCounters } from './choose-counters.js';
import type { Logger } from './logger.js';

const options: CounterOptions = { keyPrefix: 'gatehouse:a', points: 1, duration: 60 };
const store = memoryStore();
const durable = { ...store, name: 'kept', durable: true };

function recorder(): { logger: Logger; warnings: string[] } {
  const warnings: string[] = [];
  const ignore = (): void => {};
  const warn = (context: object, message: string): void =>
    void warnings.push(`${JSON.stringify(context)} ${message}`);
  return { logger: { debug: ignore, info: ignore, warn, error: ignore }, warnings };
}

describe('limits', () => {
  it('count in this process without a word where the store is of this process', async () => {
    const { logger, warnings } = recorder();
    const counter = chooseCounters({ store, logger })(options);
    expect((await counter.consume('k')).consumedPoints).toBe(1);
    expect(warnings).toEqual([]);
  });

  it('warn once, with the fix, where more processes are to be expected', () => {
    const { logger, warnings } = recorder();
    chooseCounters({ store: durable, logger })(options);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/^{"store":"kept"} limits count in each process.*set limits to/);
  });

  it('count in the store, and rather where the host says', async () => {
    const { logger, warnings } = recorder();
    const [inStore, byHost] = [new RateLimiterMemory(options), new RateLimiterMemory(options)];
    const counting = { ...durable, limiter: (): Counter => inStore };
    await chooseCounters({ store: counting, logger })(options).consume('k');
    expect((await inStore.get('k'))?.consumedPoints).toBe(1);
    await chooseCounters({ store: counting, limits: () => byHost, logger })(options).consume('l');
    expect((await byHost.get('l'))?.consumedPoints).toBe(1);
    expect(await inStore.get('l')).toBeNull();
    expect(warnings).toEqual([]);
  });

  it.each<[string, () => unknown, RegExp]>([
    ['nothing', () => undefined, /limits: must be an object/],
    ['a promise', async () => new RateLimiterMemory(options), /limits: must be awaited first/],
    ['something else', () => ({ get() {} }), /limits\.consume: is missing\. A limiter of rate-/],
    ['an error', () => Promise.reject.call(undefined), /limits: must make a counter, and threw/],
  ])('are an error of the options where the function gives %s', (_what, limits, message) => {
    const { logger } = recorder();
    const make = chooseCounters({ store, limits: limits as () => Counter, logger });
    expect(() => make(options)).toThrow(ConfigurationError);
    expect(() => make(options)).toThrow(message);
  });
});
