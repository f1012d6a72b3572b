import { setTimeout as delay } from 'node:timers/promises';
import { delayedStore } from '@gatehouse/store-contract';
import { memoryStore } from '@gatehouse/store-memory';
import { coreKinds } from './engine/kinds.js';
import { createUnitOfWork, inUnitOfWork } from './engine/unit-of-work.js';
import type { Job, JobDefinition, JobHandle } from './job.js';
import { createJobs, type Jobs } from './jobs.js';
import { createSecrets } from './secrets.js';
import type { Store, StoredRecord } from './store.js';
import { wrapStore } from './wrap-store.js';

const secrets = createSecrets(['a-secret-of-the-jobs-0123456789abcdef']);
const started: Jobs[] = [];
let skipped = 0;
const clock = { now: () => Math.floor(Date.now() / 1000) + skipped };

/** Moves the clock of all nodes on. */
function skip(seconds: number): void {
  skipped += seconds;
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((jobs) => jobs.close(0)));
  skipped = 0;
});

async function opened(): Promise<Store> {
  const store = memoryStore();
  await store.open?.(coreKinds);
  return store;
}

interface Node<Payload> {
  readonly handle: JobHandle<Payload>;
  readonly jobs: Jobs;
  readonly lines: string[];
}

/** A node with one kind of job, that looks into the store often. */
function start<Payload>(
  store: Store,
  definition: Omit<JobDefinition<Payload>, 'name'> & { readonly name?: string },
  more: { readonly isIdle?: true; readonly secrets?: typeof secrets } = {},
): Node<Payload> {
  const lines: string[] = [];
  const say = (level: string) => (_context: object, message: string) =>
    void lines.push(`${level}: ${message}`);
  const logger = { debug() {}, info: say('info'), warn: say('warn'), error: say('error') };
  const jobs = createJobs({ store, clock, secrets, logger, pollMilliseconds: 40, ...more });
  const handle = jobs.define({ name: 'test', ...definition });
  if (!more.isIdle) jobs.start();
  started.push(jobs);
  return { handle, jobs, lines };
}

async function recordsOf(store: Store): Promise<readonly StoredRecord[]> {
  return (await store.list('Job', 'all', { now: clock.now(), limit: 1000 })).records;
}

async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  for (let waited = 0; !(await isTrue()); waited += 10) {
    if (waited > 8000) throw new Error('it did not come to that');
    await delay(10);
  }
}

const isEmpty = async (store: Store): Promise<boolean> => (await recordsOf(store)).length === 0;

describe('a job', () => {
  it('runs once, at once, with its payload, and is gone then', async () => {
    const store = await opened();
    const seen: Job<{ to: string }>[] = [];
    const { handle } = start<{ to: string }>(store, { run: async (job) => void seen.push(job) });
    await handle.enqueue({ to: 'ada' });
    await until(() => isEmpty(store));
    await delay(200);
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({ payload: { to: 'ada' }, attempt: 1 });
    expect(seen[0]?.id).toMatch(/^[\w-]{32}$/);
  });

  it('is tried again after it failed, not at once, with the same id and one try more', async () => {
    const store = await opened();
    const seen: [string, number][] = [];
    const { handle } = start(store, {
      async run({ id, attempt }) {
        seen.push([id, attempt]);
        if (attempt < 3) throw new Error('down');
      },
    });
    await handle.enqueue('x');
    await until(() => seen.length === 1);
    await delay(200);
    expect(seen).toHaveLength(1);
    for (const tries of [2, 3]) {
      skip(20);
      await until(() => seen.length === tries);
    }
    await until(() => isEmpty(store));
    const [[id] = []] = seen;
    expect(seen).toEqual([
      [id, 1],
      [id, 2],
      [id, 3],
    ]);
  });

  it('that gives up is not tried again, and what follows is told once', async () => {
    const store = await opened();
    const told: unknown[] = [];
    const { handle, lines } = start<string>(store, {
      run: async () => ({ giveUp: 'refused' }),
      abandoned: ({ payload, attempt }, reason) => void told.push([payload, attempt, reason]),
    });
    await handle.enqueue('x');
    await until(() => isEmpty(store));
    expect(told).toEqual([['x', 1, 'refused']]);
    expect(lines).toEqual(['warn: a job was given up']);
  });

  it('is given up once its time is over, also by who comes back after that', async () => {
    const store = await opened();
    const told: unknown[] = [];
    const definition: Omit<JobDefinition<string>, 'name'> = {
      lifetimeSeconds: 100,
      run: async () => {
        throw new Error('down');
      },
      abandoned: ({ payload }, reason) => void told.push([payload, reason]),
    };
    const { handle } = start<string>(store, definition);
    await handle.enqueue('tried');
    await until(async () => (await recordsOf(store))[0]?.revision === 3);
    skip(99);
    await until(() => told.length === 1);
    const idle = start<string>(store, definition, { isIdle: true });
    await started[0]?.close(0);
    await idle.handle.enqueue('never tried', { delaySeconds: 1 });
    skip(1000);
    start<string>(store, definition);
    await until(() => isEmpty(store));
    expect(told).toEqual([
      ['tried', 'its time is over'],
      ['never tried', 'its time is over'],
    ]);
  });

  it('that takes too long is told by its signal, and tried again whether it listens or not', async () => {
    const store = await opened();
    const signals: AbortSignal[] = [];
    const { handle } = start(store, {
      timeoutSeconds: 1,
      run({ signal }) {
        signals.push(signal);
        return new Promise<never>(() => {});
      },
    });
    await handle.enqueue('x');
    await until(() => signals[0]?.aborted === true);
    await until(async () => (await recordsOf(store))[0]?.revision === 3);
    skip(10);
    await until(() => signals.length === 2);
  });

  it('waits for its delay', async () => {
    const store = await opened();
    let runs = 0;
    const { handle } = start(store, {
      run: async () => {
        runs += 1;
      },
    });
    await handle.enqueue('x', { delaySeconds: 60 });
    await delay(200);
    expect(runs).toBe(0);
    skip(61);
    await until(() => runs === 1);
  });

  it('that throws at once, and what throws after it was given up, harm nobody', async () => {
    const store = await opened();
    let done = 0;
    const { handle, lines } = start<string>(store, {
      run({ payload }) {
        if (payload === 'throws') throw new Error('at once');
        done += 1;
        return Promise.resolve(payload === 'refused' ? { giveUp: 'refused' } : undefined);
      },
      abandoned: () => {
        throw new Error('too');
      },
    });
    for (const payload of ['throws', 'refused', 'fine']) await handle.enqueue(payload);
    await until(async () => (await recordsOf(store)).length === 1);
    expect(done).toBe(2);
    expect(lines.sort()).toEqual([
      'error: what follows on a job that was given up failed',
      'info: a job did not succeed',
      'warn: a job was given up',
    ]);
  });

  it.each([
    ['undefined', undefined],
    ['a function', () => {}],
    ['too much', 'x'.repeat(65_536)],
  ])('is refused with %s', async (_, payload) => {
    const store = await opened();
    const { handle } = start<unknown>(store, { run: async () => {} });
    await expect(handle.enqueue(payload)).rejects.toThrow(TypeError);
    await expect(handle.enqueue('x', { delaySeconds: Number.NaN })).rejects.toThrow(TypeError);
    expect(await isEmpty(store)).toBe(true);
  });
});

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

describe('a job of a request', () => {
  it('leaves with the commit of the request, and runs then', async () => {
    const store = await opened();
    const ran: string[] = [];
    const { handle } = start<string>(store, { run: async ({ payload }) => void ran.push(payload) });
    const unit = createUnitOfWork(store, clock);
    await inUnitOfWork(unit, () => handle.enqueue('x'));
    await delay(150);
    expect([await isEmpty(store), ran]).toEqual([true, []]);
    await unit.commit();
    await until(() => ran.length === 1);
  });

  it('is dropped with what the request wrote', async () => {
    const store = await opened();
    const { handle } = start<string>(store, { run: async () => {} });
    const unit = createUnitOfWork(store, clock);
    await inUnitOfWork(unit, () => handle.enqueue('x'));
    unit.discard();
    await unit.commit();
    expect(await isEmpty(store)).toBe(true);
  });

  it('that is left after the commit, by a listener of events, leaves at once', async () => {
    const store = await opened();
    const ran: string[] = [];
    const { handle } = start<string>(store, { run: async ({ payload }) => void ran.push(payload) });
    const unit = createUnitOfWork(store, clock);
    unit.afterCommit(() => void handle.enqueue('by a listener'));
    await inUnitOfWork(unit, () => unit.commit());
    await until(() => ran.length === 1);
  });

  it('of a route that commits nothing leaves at once', async () => {
    const store = await opened();
    let runs = 0;
    const { handle } = start<string>(store, {
      run: async () => {
        runs += 1;
      },
    });
    const unit = createUnitOfWork(store, clock);
    unit.notes.readsOnly = true;
    await inUnitOfWork(unit, () => handle.enqueue('x'));
    await until(() => runs === 1);
  });
});

describe('the end of the server', () => {
  it('waits for the jobs that run, and takes no more', async () => {
    const store = await opened();
    const ran: string[] = [];
    const { handle, jobs } = start<string>(store, {
      async run({ payload }) {
        await delay(200);
        ran.push(payload);
      },
    });
    await handle.enqueue('running');
    await until(async () => (await recordsOf(store))[0]?.revision === 2);
    const closing = jobs.close(5000);
    await handle.enqueue('later');
    await closing;
    expect(ran).toEqual(['running']);
    expect(await recordsOf(store)).toMatchObject([{ revision: 1 }]);
  });

  it('begins no try once it closes: what was just taken is left to others', async () => {
    const store = await opened();
    let taking = false;
    let ran = false;
    const slow = wrapStore(store, async (call, name) => {
      taking ||= name === 'commit' && (await recordsOf(store)).length > 0;
      if (taking) await delay(300);
      return call();
    });
    const { handle, jobs } = start(slow, {
      async run() {
        ran = true;
        await delay(3000);
      },
    });
    await handle.enqueue('x');
    await until(() => taking);
    const from = performance.now();
    await jobs.close(50);
    expect(performance.now() - from).toBeLessThan(2000);
    expect(ran).toBe(false);
    expect(await recordsOf(store)).toMatchObject([{ revision: 2 }]);
  });

  it('aborts what takes longer, and leaves it to others', async () => {
    const store = await opened();
    let signal: AbortSignal | undefined;
    const { handle, jobs } = start(store, {
      run(job) {
        signal = job.signal;
        return new Promise<never>(() => {});
      },
    });
    await handle.enqueue('x');
    await until(() => signal !== undefined);
    const from = performance.now();
    await jobs.close(100);
    expect(performance.now() - from).toBeLessThan(2000);
    expect(signal?.aborted).toBe(true);
    expect(await recordsOf(store)).toMatchObject([{ revision: 2 }]);
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
