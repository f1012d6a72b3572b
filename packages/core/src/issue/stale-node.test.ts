import { setTimeout as delay } from 'node:timers/promises';
import { activeKid, endNodes, exp, load, opened, tokenOf, watched } from '../../test/key-nodes.js';
import { travel } from '../../test/travel.js';
import { systemClock } from '../clock.js';
import type { Store } from '../store.js';

afterEach(endNodes);

describe('a node', () => {
  it('with a stale view looks before it signs, and before it publishes', async () => {
    const store = await opened();
    const behind = watched(store);
    const [one, two] = [await load(store), await load(behind.store)];
    const first = activeKid(two);
    behind.broken = true;
    travel(700);
    await one.rotate();
    const now = activeKid(one);
    expect(activeKid(two)).toBe(first);
    behind.broken = false;
    expect((await two.published()).keys).toEqual((await one.published()).keys);
    expect(JSON.parse(atob((await tokenOf(two)).split('.')[0] ?? ''))).toMatchObject({ kid: now });
  });

  it('signs nothing by a stale view while it cannot look, but for what is safe in any case', async () => {
    const store = await opened();
    const behind = watched(store);
    const two = await load(behind.store);
    const sign = (expiresAt: number): Promise<Uint8Array> =>
      two.sign({
        alg: 'ES256',
        kid: activeKid(two),
        bytes: Buffer.from('x'),
        withinMilliseconds: 1000,
        expiresAt,
      });
    behind.broken = true;
    const soon = systemClock.now() + 600;
    expect(await sign(soon)).toHaveLength(64);
    travel(160);
    expect(await sign(soon)).toHaveLength(64);
    await expect(sign(exp())).rejects.toThrow('down');
    // What is known verifies all the same, and is published.
    expect((await two.published()).keys).toHaveLength(2);
    expect(await two.find({ alg: 'ES256', kid: activeKid(two) })).toBeDefined();
  });

  it('waits no longer for a store that hangs than whoever asks it to sign', async () => {
    const kept = await opened();
    let hangs = false;
    const hanging: ((error: Error) => void)[] = [];
    const store: Store = {
      ...kept,
      find: (...args) =>
        hangs ? new Promise((_, reject) => void hanging.push(reject)) : kept.find(...args),
    };
    const keys = await load(store);
    hangs = true;
    travel(160);
    const started = performance.now();
    const bytes = Buffer.from('x');
    const request = { alg: 'ES256', kid: activeKid(keys), bytes, withinMilliseconds: 200 } as const;
    await expect(keys.sign({ ...request, expiresAt: exp() })).rejects.toThrow('in time');
    await keys.refresh(200);
    expect(performance.now() - started).toBeLessThan(4000);
    // A read that hangs already and the own one after it, a look before and one after it was signed: one span for both.
    const again = performance.now();
    await Promise.all([
      expect(keys.find({ alg: 'ES256', kid: 'x'.repeat(43) })).rejects.toThrow(
        'the key ring did not answer in time',
      ),
      expect(tokenOf(keys)).rejects.toThrow('the key ring did not answer in time'),
    ]);
    expect(performance.now() - again).toBeLessThan(7000);
    hangs = false;
    for (const end of hanging) end(new Error('too late'));
  });

  it('says once that it cannot look, however often it is asked, and once that it can again', async () => {
    const behind = watched(await opened());
    const lines: string[] = [];
    const say =
      (level: string) =>
      (_context: object, message: string): void =>
        void lines.push(`${level}: ${message}`);
    const logger = { debug() {}, info: say('info'), warn: say('warn'), error: say('error') };
    const keys = await load(behind.store, { logger });
    behind.broken = true;
    travel(160);
    for (let turn = 0; turn < 3; turn += 1) {
      await keys.published();
      await delay(1100);
    }
    behind.broken = false;
    await delay(1500);
    expect(lines).toEqual([
      'warn: the key ring could not be read or moved on',
      'info: the key ring is read again',
    ]);
  });

  it('signs nothing with a key that was dropped while it signed', async () => {
    const store = await opened();
    const [one, two] = [await load(store), await load(store)];
    const kid = activeKid(two);
    await one.rotate({ revoke: true });
    await two.list();
    const bytes = Buffer.from('x');
    const request = { alg: 'ES256', kid, bytes, withinMilliseconds: 1000 } as const;
    await expect(two.sign({ ...request, expiresAt: exp() })).rejects.toThrow('not used any more');
  });

  it('looks once for an unknown key, however many are named', async () => {
    const behind = watched(await opened());
    const keys = await load(behind.store);
    const before = behind.reads;
    const unknown = (index: number): string => String(index).padStart(43, 'x');
    const found = await Promise.all(
      Array.from({ length: 1000 }, (_, index) => keys.find({ alg: 'ES256', kid: unknown(index) })),
    );
    expect(found.filter(Boolean)).toEqual([]);
    for (let index = 0; index < 100; index += 1) {
      await keys.find({ alg: 'ES256', kid: unknown(index) });
    }
    // One of them may be the poll.
    expect(behind.reads - before).toBeLessThanOrEqual(2);
    const calm = behind.reads;
    for (const kid of ['', 'a', '../ring', 'x'.repeat(10_000), undefined]) {
      await keys.find({ alg: 'ES256', ...(kid === undefined ? {} : { kid }) });
    }
    expect(behind.reads - calm).toBeLessThanOrEqual(1);
  });
});
