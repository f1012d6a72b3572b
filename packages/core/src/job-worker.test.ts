import { setTimeout as delay } from 'node:timers/promises';
import { delayedStore } from '@gatehouse/store-contract';
import { endNodes, isEmpty, opened, recordsOf, skip, start, until } from '../test/job-nodes.js';
import { createSecrets } from './secrets.js';
import type { Store } from './store.js';
import { wrapStore } from './wrap-store.js';
import type { JobDefinition } from './job.js';

afterEach(endNodes);

describe('jobs in the store', () => {
  it('are sealed, and left alone by whoever cannot open or does not know them', async () => {
    const store = await opened();
    let runs = 0;
    const definition = {
      run: async () => {
        runs += 1;
      },
    };
    const idle = start<string>(store, definition, { isIdle: true });
    await idle.handle.enqueue('for-nobody-to-read');
    const [record] = await recordsOf(store);
    expect(JSON.stringify(record)).not.toContain('for-nobody-to-read');
    const others = createSecrets(['another-secret-0123456789-abcdefghijk']);
    start(store, definition, { secrets: others });
    start(store, { ...definition, name: 'other' });
    await delay(300);
    expect(runs).toBe(0);
    expect(await recordsOf(store)).toEqual([record]);
    start(store, definition);
    await until(() => runs === 1);
  });

  it('run once each, on any number of nodes', async () => {
    const shared = await opened();
    const ran: string[] = [];
    let now = 0;
    let most = 0;
    const definition: Omit<JobDefinition<string>, 'name'> = {
      async run({ id }) {
        ran.push(id);
        now += 1;
        most = Math.max(most, now);
        await delay(5);
        now -= 1;
      },
    };
    const idle = start(shared, definition, { isIdle: true });
    for (let count = 0; count < 200; count += 1) await idle.handle.enqueue('x');
    for (let node = 0; node < 4; node += 1) {
      start(delayedStore(shared, { minMs: 1, maxMs: 5 }), definition);
    }
    await until(() => isEmpty(shared));
    expect(ran).toHaveLength(200);
    expect(new Set(ran).size).toBe(200);
    // Sixteen at once on each.
    expect(most).toBeLessThanOrEqual(64);
    expect(most).toBeGreaterThan(4);
  }, 20_000);

  it('are run on without a wait, however many there are', async () => {
    const store = await opened();
    let runs = 0;
    const definition = {
      run: async () => {
        runs += 1;
      },
    };
    const idle = start(store, definition, { isIdle: true });
    for (let count = 0; count < 1000; count += 1) await idle.handle.enqueue('x');
    const slow = { pollMilliseconds: 1000 } as object;
    start(store, definition, slow);
    await until(() => isEmpty(store));
    expect(runs).toBe(1000);
  });

  it('are taken over from a node that was killed, once its lease is over and not before', async () => {
    const store = await opened();
    const ran: string[] = [];
    const hang = (): Promise<never> => new Promise(() => {});
    const dead = start(cutOff(store), { timeoutSeconds: 30, run: hang });
    await dead.handle.enqueue('x');
    await until(async () => (await recordsOf(store))[0]?.revision === 2);
    start(store, { timeoutSeconds: 30, run: async ({ attempt }) => void ran.push(`${attempt}`) });
    skip(40);
    await delay(300);
    expect(ran).toEqual([]);
    skip(6);
    await until(() => ran.length === 1);
    expect(ran).toEqual(['2']);
    await until(() => isEmpty(store));
  });

  it('do not let those that fail again and again hold up new ones', async () => {
    const store = await opened();
    const ran: string[] = [];
    let isHealthy = false;
    const definition: Omit<JobDefinition<string>, 'name'> = {
      async run({ payload, attempt }) {
        if (attempt === 1 && payload === 'old') throw new Error('down');
        if (isHealthy) ran.push(payload);
        await delay(20);
      },
    };
    const first = start<string>(store, definition);
    for (let count = 0; count < 40; count += 1) await first.handle.enqueue('old');
    await until(async () => (await recordsOf(store)).every(({ revision }) => revision === 3));
    await first.jobs.close(0);
    const idle = start<string>(store, definition, { isIdle: true });
    for (let count = 0; count < 10; count += 1) await idle.handle.enqueue('new');
    isHealthy = true;
    skip(20);
    start<string>(store, definition);
    await until(() => isEmpty(store));
    expect(ran.slice(0, 10)).toEqual(Array(10).fill('new'));
  });

  it('of one lane share a few places: a receiver that never answers holds up its own alone', async () => {
    const store = await opened();
    const ran: string[] = [];
    const hanging: string[] = [];
    const definition: Omit<JobDefinition<string>, 'name'> = {
      async run({ payload }) {
        if (payload !== 'hangs') return void ran.push(payload);
        hanging.push(payload);
        return new Promise<never>(() => {});
      },
    };
    const idle = start<string>(store, definition, { isIdle: true });
    for (let count = 0; count < 300; count += 1) {
      await idle.handle.enqueue('hangs', { lane: 'black hole' });
    }
    for (let count = 0; count < 60; count += 1) await idle.handle.enqueue('fine', { lane: 'well' });
    const { handle } = start<string>(store, definition);
    await until(() => ran.length === 60);
    await handle.enqueue('new', { lane: 'well' });
    await until(() => ran.includes('new'));
    expect(hanging).toHaveLength(4);
  });

  it('are found after a long outage of all nodes', async () => {
    const store = await opened();
    const ran: string[] = [];
    const definition: Omit<JobDefinition<string>, 'name'> = {
      run: async ({ payload }) => void ran.push(payload),
    };
    const idle = start(store, definition, { isIdle: true });
    await idle.handle.enqueue('early');
    skip(3600);
    await idle.handle.enqueue('late');
    skip(3600);
    start(store, definition);
    await until(() => isEmpty(store));
    expect(ran.sort()).toEqual(['early', 'late']);
  });
});

describe('a store that is out of reach', () => {
  it('is told of once, and not asked again and again', async () => {
    const store = await opened();
    let isDown = false;
    let calls = 0;
    const reached = wrapStore(store, (call) => {
      calls += 1;
      return isDown ? Promise.reject(new Error('down')) : call();
    });
    const ran: string[] = [];
    const { handle, lines } = start<string>(reached, {
      run: async ({ payload }) => void ran.push(payload),
    });
    isDown = true;
    await expect(handle.enqueue('lost')).rejects.toThrow('down');
    calls = 0;
    await delay(800);
    // One look for each turn.
    expect(calls).toBeLessThan(32);
    expect(lines).toEqual(['warn: jobs could not be looked for']);
    isDown = false;
    await handle.enqueue('kept');
    await until(() => ran.length > 0);
    await until(() => lines.length === 2);
    expect(ran).toEqual(['kept']);
  });

  it('at the end of a job makes it run once more, and no sooner than its lease is over', async () => {
    const store = await opened();
    let isDown = false;
    const reached = wrapStore(store, (call, name) =>
      isDown && name === 'commit' ? Promise.reject(new Error('down')) : call(),
    );
    const ran: number[] = [];
    const { handle } = start(reached, {
      timeoutSeconds: 5,
      async run({ attempt }) {
        ran.push(attempt);
        isDown = attempt === 1;
      },
    });
    await handle.enqueue('x');
    await until(() => ran.length === 1);
    await delay(200);
    isDown = false;
    await delay(200);
    expect(ran).toEqual([1]);
    skip(30);
    await until(() => isEmpty(store));
    expect(ran).toEqual([1, 2]);
  });
});

/** A store through which a node takes a job, and nothing after that. */
function cutOff(store: Store): Store {
  let commits = 0;
  return wrapStore(store, (call, name) => {
    if (name === 'commit') commits += 1;
    return commits > 2 ? Promise.reject(new Error('killed')) : call();
  });
}
