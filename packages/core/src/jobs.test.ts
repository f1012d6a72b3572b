import { setTimeout as delay } from 'node:timers/promises';
import {
  clock,
  endNodes,
  isEmpty,
  opened,
  recordsOf,
  skip,
  start,
  until,
} from '../test/job-nodes.js';
import { createUnitOfWork, inUnitOfWork } from './engine/unit-of-work.js';
import type { Job, JobDefinition } from './job.js';
import { wrapStore } from './wrap-store.js';

afterEach(endNodes);

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
    const { handle, jobs } = start<string>(store, definition);
    await handle.enqueue('tried');
    await until(async () => (await recordsOf(store))[0]?.revision === 3);
    skip(99);
    await until(() => told.length === 1);
    const idle = start<string>(store, definition, { isIdle: true });
    await jobs.close(0);
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
