import { describeOnMongo } from '../../../scripts/testing/mongo.js';
import { now, openSpace, type Space, token } from '../test/fixtures.js';

const short = { keyPrefix: 'gatehouse:a', points: 5, duration: 1 };

describeOnMongo('the limiter of mongoStore', (server) => {
  let space: Space;
  beforeEach(async () => {
    space = await openSpace(server());
  });
  afterEach(() => space.close());

  it('never upserts: a new key is inserted, and then a point is one command', async () => {
    const counter = space.store.limiter({ ...short, duration: 60 });
    space.commands();
    await counter.consume('k');
    expect(space.commands()).toEqual(['findAndModify', 'insert']);
    await counter.consume('k');
    expect(space.commands()).toEqual(['findAndModify']);
  });

  it('leaves what has expired to purge, which takes no live counter', async () => {
    const { store, connection, prefix } = space;
    for (const key of ['k1', 'k2', 'k3']) await store.limiter(short).consume(key);
    await store.limiter({ ...short, duration: 600 }).consume('live');
    const later = Date.now() / 1000 + 90;
    expect(await store.purge(later, 2)).toEqual({ removed: 0, more: true });
    expect(await store.purge(later, 1000)).toEqual({ removed: 0, more: false });
    const counters = connection.collection<{ _id: string }>(`${prefix}counters`);
    const left = await counters.find().toArray();
    expect(left.map(({ _id }) => _id)).toEqual(['gatehouse:a:live']);
  });

  it('lets purge look at counters once no record is left that has expired', async () => {
    const { store, connection, prefix } = space;
    const later = Math.max(now, Date.now() / 1000) + 9000;
    const tokens = ['t1', 't2', 't3'].map((id) => ({ insert: token(id, { expiresAt: now }) }));
    await store.commit(tokens, now - 1);
    await store.limiter(short).consume('k');
    const counters = connection.collection(`${prefix}counters`);
    expect(await store.purge(later, 2)).toEqual({ removed: 2, more: true });
    expect(await counters.countDocuments()).toBe(1);
    expect(await store.purge(later, 2)).toEqual({ removed: 1, more: false });
    expect(await counters.countDocuments()).toBe(0);
  });
});
