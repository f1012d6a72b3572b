import { advanceRing, type Ring, type RingKey, renewRing, type StepContext } from './key-ring.js';

const start = 1_700_000_000_000;
const minute = 60_000;

interface World {
  now: number;
  ring: Ring;
  readonly seen: Map<string, number>;
  readonly context: StepContext;
}

/** Rotates every hour, publishes ten minutes ahead, signs for ten minutes. */
function world(needs: readonly ['ES256' | 'EdDSA', number][] = [['ES256', 600]]): World {
  const seen = new Map<string, number>();
  const made: World = {
    now: start,
    ring: [],
    seen,
    context: {
      needs: new Map(needs),
      rotateMilliseconds: 60 * minute,
      publishMilliseconds: 10 * minute,
      now: () => made.now,
      seenAt: (kid) => seen.get(kid),
    },
  };
  return made;
}

/** Does what is due, and sees the result in the store at once. */
async function step(here: World, context: Partial<StepContext> = {}): Promise<boolean> {
  const next = await advanceRing(here.ring, { ...here.context, ...context });
  if (next) here.ring = next;
  for (const { kid } of here.ring) if (!here.seen.has(kid)) here.seen.set(kid, here.now);
  return next !== undefined;
}

const inState = (ring: Ring, state: RingKey['state']): readonly RingKey[] =>
  ring.filter((key) => key.state === state);
const kidOf = (ring: Ring, state: RingKey['state']): string | undefined =>
  inState(ring, state)[0]?.kid;

describe('the key ring', () => {
  it('begins with a key that signs and one that waits, for each algorithm', async () => {
    const here = world([
      ['ES256', 600],
      ['EdDSA', 3600],
    ]);
    expect(await step(here)).toBe(true);
    expect(here.ring.map(({ alg, state }) => `${alg} ${state}`)).toEqual([
      'ES256 active',
      'ES256 next',
      'EdDSA active',
      'EdDSA next',
    ]);
    expect(new Set(here.ring.map(({ kid }) => kid)).size).toBe(4);
    expect(await step(here)).toBe(false);
  });

  it('retires the active key for the next one when its time is over, and no earlier', async () => {
    const here = world();
    await step(here);
    const [first, second] = [kidOf(here.ring, 'active'), kidOf(here.ring, 'next')];
    here.now = start + 60 * minute - 1;
    expect(await step(here)).toBe(false);
    here.now += 1;
    expect(await step(here)).toBe(true);
    expect(kidOf(here.ring, 'active')).toBe(second);
    expect(kidOf(here.ring, 'retired')).toBe(first);
    expect(inState(here.ring, 'next')).toHaveLength(1);
    expect(inState(here.ring, 'next')[0]).toMatchObject({ since: here.now });
  });

  it('keeps a retired key for as long as a token lives, and longer by half of the publication', async () => {
    const here = world();
    await step(here);
    here.now += 60 * minute;
    await step(here);
    const retired = kidOf(here.ring, 'retired');
    here.now += 15 * minute - 1;
    expect(await step(here)).toBe(false);
    here.now += 1;
    expect(await step(here)).toBe(true);
    expect(here.ring.map(({ kid }) => kid)).not.toContain(retired);
  });

  it('never signs with a key that was not published for long enough, however due it is', async () => {
    const here = world();
    await step(here);
    const due = (): Ring => here.ring.map((key) => ({ ...key, due: true }));
    here.now += 10 * minute - 1;
    expect(await advanceRing(due(), here.context)).toBeUndefined();
    here.now += 1;
    expect(await advanceRing(due(), here.context)).toBeDefined();
  });

  it('never signs with a key that this node saw a moment ago: its commit may have taken long', async () => {
    const here = world();
    await step(here);
    here.now += 60 * minute;
    const next = kidOf(here.ring, 'next') ?? '';
    here.seen.set(next, here.now - 2.5 * minute + 1);
    expect(await step(here)).toBe(false);
    here.seen.delete(next);
    expect(await advanceRing(here.ring, here.context)).toBeUndefined();
    here.seen.set(next, here.now - 2.5 * minute);
    expect(await step(here)).toBe(true);
  });

  it('remembers the longest life that any node gave, until the key is gone', async () => {
    const here = world();
    await step(here);
    expect(await step(here, { needs: new Map([['ES256', 3600]]) })).toBe(true);
    expect(await step(here)).toBe(false);
    here.now += 60 * minute;
    await step(here);
    here.now += 65 * minute - 1;
    await step(here);
    const first = here.ring.filter(({ state, longestSeconds }) => {
      return state === 'retired' && longestSeconds === 3600;
    });
    expect(first).toHaveLength(1);
  });

  it('leaves keys alone that only other nodes need, and moves them on', async () => {
    const here = world([
      ['ES256', 600],
      ['EdDSA', 600],
    ]);
    await step(here);
    const needs = new Map([['ES256' as const, 600]]);
    expect(await step(here, { needs })).toBe(false);
    here.now += 60 * minute;
    expect(await step(here, { needs })).toBe(true);
    expect(inState(here.ring, 'retired').map(({ alg }) => alg)).toEqual(['ES256', 'EdDSA']);
  });

  it('never rotates by itself when told not to', async () => {
    const here = world();
    const rotateMilliseconds = Number.POSITIVE_INFINITY;
    await step(here, { rotateMilliseconds });
    here.now += 1_000_000 * minute;
    expect(await step(here, { rotateMilliseconds })).toBe(false);
  });

  it('is renewed without one of its keys', async () => {
    const here = world();
    await step(here);
    here.now += 60 * minute;
    await step(here);
    const renewed = await renewRing(here.ring, here.context);
    expect(renewed.map(({ state }) => state)).toEqual(['active', 'next']);
    const before = new Set(here.ring.map(({ kid }) => kid));
    expect(renewed.filter(({ kid }) => before.has(kid))).toEqual([]);
  });
});
