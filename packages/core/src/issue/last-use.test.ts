import { memoryStore } from '@gatehouse/store-memory';
import { defaultLogger } from '../app/logger.js';
import type { Store } from '../store.js';
import { createLastUse, type LastUse } from './last-use.js';

const hour = 3600;
const silent = { ...defaultLogger, warn() {}, error() {} };

/** Last uses at a time that the test sets, and how many commits they took. */
async function watchedUses(): Promise<{
  uses: LastUse;
  clock: { at: number; now(): number };
  commits: () => number;
  fail: (fails: boolean) => void;
}> {
  const inner = memoryStore();
  await inner.open?.([{ kind: 'LastUse', keys: {} }]);
  let commits = 0;
  let fails = false;
  const store: Store = {
    ...inner,
    async commit(writes, now) {
      commits += 1;
      if (fails) throw new Error('out of reach');
      await inner.commit(writes, now);
    },
  };
  const clock = { at: 100 * hour, now: () => clock.at };
  return {
    uses: createLastUse(store, clock, silent),
    clock,
    commits: () => commits,
    fail: (next) => {
      fails = next;
    },
  };
}

describe('the last use', () => {
  it('is written once an hour by a process, for the grant and what it belongs to', async () => {
    const { uses, clock, commits } = await watchedUses();
    for (let minute = 0; minute < 60; minute += 10) {
      clock.at = 100 * hour + minute * 60;
      uses.note(['grant', 'connection'], 1000 * hour);
      await uses.settle();
    }
    expect(commits()).toBe(1);
    clock.at = 101 * hour;
    uses.note(['grant', 'connection'], 1000 * hour);
    await uses.settle();
    expect(commits()).toBe(2);
    expect(await uses.find('grant')).toBe(101 * hour);
    expect(await uses.find('connection')).toBe(101 * hour);
  });

  it('is written for another grant of the same connection: the earlier may have been revoked', async () => {
    const { uses, commits } = await watchedUses();
    for (const grant of ['first', 'second']) {
      uses.note([grant, 'connection'], 1000 * hour);
      await uses.settle();
    }
    expect(commits()).toBe(2);
  });

  it('is tried again at the next use when it could not be written', async () => {
    const { uses, commits, fail } = await watchedUses();
    fail(true);
    uses.note(['grant', 'connection'], 1000 * hour);
    await uses.settle();
    expect(await uses.find('grant')).toBeUndefined();
    fail(false);
    uses.note(['grant', 'connection'], 1000 * hour);
    await uses.settle();
    expect(commits()).toBe(2);
    expect(await uses.find('grant')).toBe(100 * hour);
  });

  it('is written again for whoever came before ten thousand others', async () => {
    const { uses, commits } = await watchedUses();
    for (let turn = 0; turn <= 10_000; turn += 1) {
      uses.note([`grant${turn}`], 1000 * hour);
      if (turn % 100 === 0) await uses.settle();
    }
    await uses.settle();
    const before = commits();
    uses.note(['grant10000'], 1000 * hour);
    uses.note(['grant0'], 1000 * hour);
    await uses.settle();
    expect(commits() - before).toBe(1);
  });
});
