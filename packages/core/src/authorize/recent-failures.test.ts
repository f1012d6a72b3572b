import { createLimiter } from '../app/create-limiter.js';
import type { Limiter } from '../app/limits.js';
import { createSecrets } from '../secrets.js';
import { type RecentFailures, recentFailures } from './recent-failures.js';

const definition = { name: 'a', points: 5, durationSeconds: 60, blockSeconds: 60 };
const secrets = createSecrets(['a-secret-of-the-test-0123456789abcdef']);

/** Nodes that share a counter, and what each asks it. */
function setUp(count: number, places?: number): { nodes: RecentFailures[]; asked: string[] } {
  const shared = createLimiter(definition, secrets);
  const asked: string[] = [];
  const noting: Limiter = {
    ...shared,
    peek(key) {
      asked.push('peek');
      return shared.peek(key);
    },
    consume(key) {
      asked.push('consume');
      return shared.consume(key);
    },
  };
  const nodes = Array.from({ length: count }, () => recentFailures(noting, definition, places));
  return { nodes, asked };
}

describe('recent failures', () => {
  it('ask nobody about a key that did not fail here', async () => {
    const { nodes, asked } = setUp(2);
    const [one, two] = nodes as [RecentFailures, RecentFailures];
    await one.failed('k');
    asked.length = 0;
    expect(await two.waits('k')).toBeUndefined();
    expect(await one.waits('another')).toBeUndefined();
    expect(asked).toEqual([]);
    expect(await one.waits('k')).toBeUndefined();
    expect(asked).toEqual(['peek']);
  });

  it('remember a refusal, and ask no more until it ends', async () => {
    const { nodes, asked } = setUp(1);
    const [one] = nodes as [RecentFailures];
    for (let n = 0; n < 5; n += 1) await one.failed('k');
    const waits = await one.waits('k');
    expect(waits).toBeGreaterThan(55);
    expect(waits).toBeLessThanOrEqual(60);
    asked.length = 0;
    expect(await one.waits('k')).toBeGreaterThan(55);
    expect(one.waitsHere('k')).toBeGreaterThan(55);
    expect(asked).toEqual([]);
  });

  it('count together with those of others', async () => {
    const { nodes } = setUp(3);
    for (let n = 0; n < 5; n += 1) {
      const node = nodes[n % 3] as RecentFailures;
      expect(await node.waits('k')).toBeUndefined();
      await node.failed('k');
    }
    for (const node of nodes) expect(await node.waits('k')).toBeGreaterThan(0);
  });

  it('are known here before they are counted', async () => {
    const [one] = setUp(1).nodes as [RecentFailures];
    const counting = Array.from({ length: 5 }, () => one.failed('k'));
    expect(one.waitsHere('k')).toBeGreaterThan(0);
    await Promise.all(counting);
    expect(one.waitsHere('k')).toBeGreaterThan(0);
  });

  it('count here too what could not be counted', async () => {
    const limiter = createLimiter(definition, secrets);
    const consume = (): Promise<never> => Promise.reject(new Error('no database'));
    const one = recentFailures({ ...limiter, consume }, definition);
    for (let n = 0; n < 5; n += 1) await expect(one.failed('k')).rejects.toThrow('no database');
    expect(one.waitsHere('k')).toBeGreaterThan(0);
  });

  it('forget the key that failed longest ago when there are too many', async () => {
    const { nodes, asked } = setUp(1, 2);
    const [one] = nodes as [RecentFailures];
    for (const key of ['k', 'l', 'k', 'm']) await one.failed(key);
    asked.length = 0;
    await one.waits('l');
    expect(asked).toEqual([]);
    await one.waits('k');
    await one.waits('m');
    expect(asked).toEqual(['peek', 'peek']);
  });
});
