import { memoryStore } from '@gatehouse/store-memory';
import { defaultLogger } from '../app/logger.js';
import { coreKinds } from '../engine/kinds.js';
import type { Store } from '../store.js';
import { createRevocationFeed, type RevocationFeed } from './revocation-feed.js';
import { type RevocationSubject, revocationRecord } from './revocation-record.js';

const hour = 3600;
const start = 1_800_000_000;

let time: number;
let store: Store;
let feed: RevocationFeed;
beforeEach(async () => {
  time = start;
  const memory = memoryStore();
  await memory.open(coreKinds);
  store = memory;
  feed = createRevocationFeed(store, { now: () => time }, defaultLogger);
});
afterEach(() => feed.stop());

/** What another node writes at a time. */
async function revokeElsewhere(subject: RevocationSubject, at: number): Promise<void> {
  await store.commit([{ put: revocationRecord(subject, at, 6 * hour) }], at);
}

const afterPoll = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1200));

describe('the revocation feed', () => {
  it('knows at the start what was revoked before', async () => {
    await revokeElsewhere({ grantId: 'g' }, start - 2 * hour);
    await feed.start(() => {});
    expect(feed.isRevoked({ grant_id: 'g' })).toBe(true);
    expect(feed.isRevoked({ grant_id: 'other' })).toBe(false);
  });

  it('knows what was revoked while it read at its start, however long that took', async () => {
    const { list } = store;
    store.list = async (...args) => {
      const page = await list(...args);
      if (args[0] === 'Revocation' && args[1] === 'all') {
        await revokeElsewhere({ grantId: 'g' }, time);
        time += 300;
      }
      return page;
    };
    await feed.start(() => {});
    await afterPoll();
    expect(feed.isRevoked({ grant_id: 'g' })).toBe(true);
  });

  it('hears of a token, a grant and a client within two seconds', async () => {
    await feed.start(() => {});
    await revokeElsewhere({ tokenId: 't' }, start);
    await revokeElsewhere({ grantId: 'g' }, start);
    await revokeElsewhere({ clientId: 'c', epoch: 2 }, start);
    await afterPoll();
    expect(feed.isRevoked({ jti: 't' })).toBe(true);
    expect(feed.isRevoked({ jti: 'u', grant_id: 'g' })).toBe(true);
    expect(feed.isRevoked({ client_id: 'c' })).toBe(true);
    expect(feed.isRevoked({ client_id: 'c', client_epoch: 1, grant_id: 'h' })).toBe(true);
    expect(feed.isRevoked({ client_id: 'c', client_epoch: 2, grant_id: 'h' })).toBe(false);
    expect(feed.clientEpoch('c')).toBe(2);
  });

  it('goes on after a poll that the store never answers', async () => {
    await feed.start(() => {});
    const { list } = store;
    let hangs = true;
    store.list = (...args) => (hangs ? new Promise(() => {}) : list(...args));
    await afterPoll();
    hangs = false;
    await revokeElsewhere({ grantId: 'g' }, start);
    await new Promise((resolve) => setTimeout(resolve, 6000));
    expect(feed.isRevoked({ grant_id: 'g' })).toBe(true);
  });

  it.each([
    ['', false],
    [', also when one of its reads failed', true],
  ])(
    'ends the poll that runs before it has stopped, so that the host can close its database%s',
    async (_when, fails) => {
      await feed.start(() => {});
      let running = 0;
      let calls = 0;
      let polled = (): void => {};
      const polls = new Promise<void>((resolve) => {
        polled = resolve;
      });
      const { list } = store;
      store.list = async (...args) => {
        calls += 1;
        if (fails && calls === 1) throw new Error('down');
        running += 1;
        polled();
        await new Promise((resolve) => setTimeout(resolve, 200));
        return list(...args).finally(() => (running -= 1));
      };
      await polls;
      await feed.stop();
      expect(running).toBe(0);
    },
  );

  it.each([-60, 60])('hears of a node whose clock is %s seconds off', async (seconds) => {
    await feed.start(() => {});
    await revokeElsewhere({ grantId: 'g' }, start + seconds);
    await afterPoll();
    expect(feed.isRevoked({ grant_id: 'g' })).toBe(true);
  });

  it.each([1, 8, 30, 90, 300])(
    'catches up with what came %s minutes ago, while it was cut off',
    async (minutes) => {
      await feed.start(() => {});
      const revokedAt = start + 60;
      await revokeElsewhere({ grantId: 'g' }, revokedAt);
      time = revokedAt + minutes * 60;
      await afterPoll();
      expect(feed.isRevoked({ grant_id: 'g' })).toBe(true);
    },
  );

  it('answers only what is asked of claims that are no strings', async () => {
    await feed.start(() => {});
    const nothing = { jti: 1, grant_id: null, client_id: ['c'], client_epoch: '0' };
    expect(feed.isRevoked(nothing)).toBe(false);
    expect(feed.isRevoked({})).toBe(false);
  });
});
