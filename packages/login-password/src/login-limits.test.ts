import type { LimitDefinition, Limiter } from '@gatehouse/core';
import { createLimiter } from '../../core/src/app/create-limiter.js';
import { createSecrets } from '../../core/src/secrets.js';
import { secret, type TestClock, testClock, testLimiter, testRuntime } from '../test/host.js';
import { createKnownPlaces, forgetPlaces } from './known-places.js';
import { createLoginLimits, type LoginLimitsOptions } from './login-limits.js';

const minute = 60;

type MakeLimiter = (definition: LimitDefinition, clock: TestClock) => Limiter;

async function setUp(options?: LoginLimitsOptions, makeLimiter: MakeLimiter = testLimiter) {
  const clock: TestClock = testClock();
  const runtime = await testRuntime({ clock });
  const slots = { limit: (definition: LimitDefinition) => makeLimiter(definition, clock) };
  const limits = createLoginLimits(slots, createKnownPlaces(runtime), options);
  /** Seconds to wait, or 0 when the password was looked at. */
  const attempt = async (identifier: string, address: string, accountId?: string) => {
    const result = await limits({ identifier, address }, async () => accountId);
    return typeof result === 'object' ? result.retryAfterSeconds : 0;
  };
  const fail = (identifier: string, address: string) => attempt(identifier, address);
  const succeed = (identifier: string, address: string) =>
    attempt(identifier, address, `account of ${identifier}`);
  /** How many of the attempts got a look at the password. */
  const failOften = async (
    times: number,
    identifier: (index: number) => string,
    address: (index: number) => string,
  ): Promise<number> => {
    let looked = 0;
    for (let index = 0; index < times; index += 1) {
      if ((await fail(identifier(index), address(index))) === 0) looked += 1;
    }
    return looked;
  };
  return { clock, runtime, limits, fail, succeed, failOften };
}

describe('the limits of password login', () => {
  it('make one address wait after five failures for one account, and longer after more', async () => {
    const { clock, fail } = await setUp();
    const waits: number[] = [];
    for (let round = 0; round < 24; round += 1) {
      const wait = await fail('ada', '192.0.2.1');
      if (wait === 0) continue;
      waits.push(wait);
      clock.forward(wait);
    }
    expect(waits).toEqual([minute, 10 * minute, minute, 60 * minute]);
  });

  it('forget the failures of a pair after a success', async () => {
    const { failOften, succeed } = await setUp();
    const ada = () => 'ada';
    const home = () => '192.0.2.1';
    expect(await failOften(4, ada, home)).toBe(4);
    expect(await succeed('ada', '192.0.2.1')).toBe(0);
    expect(await failOften(9, ada, home)).toBe(5);
  });

  it('stop one address that tries many accounts', async () => {
    const { clock, failOften, fail } = await setUp();
    const many = (index: number) => `person ${index}`;
    expect(await failOften(60, many, () => '192.0.2.1')).toBe(50);
    expect(await fail('another', '192.0.2.1')).toBe(15 * minute);
    expect(await fail('another', '192.0.2.2')).toBe(0);
    clock.forward(15 * minute);
    expect(await fail('another', '192.0.2.1')).toBe(0);
  });

  it('do not let a success of the guesser clear the count of the address', async () => {
    const { failOften, succeed } = await setUp();
    const many = (index: number) => `person ${index}`;
    expect(await failOften(49, many, () => '192.0.2.1')).toBe(49);
    expect(await succeed('mallory', '192.0.2.1')).toBe(0);
    expect(
      await failOften(
        5,
        (index) => `more ${index}`,
        () => '192.0.2.1',
      ),
    ).toBe(1);
  });

  it('do not count a successful login against its address', async () => {
    const { succeed } = await setUp();
    for (let person = 0; person < 200; person += 1) {
      expect(await succeed(`person ${person}`, '192.0.2.1')).toBe(0);
    }
  });

  it('count an IPv6 network as one address', async () => {
    const { failOften } = await setUp();
    expect(
      await failOften(
        20,
        () => 'ada',
        (index) => `2001:db8::${index}`,
      ),
    ).toBe(5);
    expect(
      await failOften(
        60,
        (index) => `person ${index}`,
        (index) => `2001:db8:9:${index}::1`,
      ),
    ).toBe(50);
  });

  it('slow many addresses down that guess one account, and let its known place in', async () => {
    const { clock, failOften, succeed, fail } = await setUp();
    expect(await succeed('ada', '198.51.100.7')).toBe(0);
    const botnet = (index: number) => `192.0.2.${index % 250}`;
    expect(await failOften(200, () => 'ada', botnet)).toBe(20);
    expect(await succeed('ada', '198.51.100.7')).toBe(0);
    expect(await fail('ada', '203.0.113.9')).toBe(minute);
    clock.forward(minute);
    expect(await succeed('ada', '203.0.113.9')).toBe(0);
  });

  it('never make a new place wait more than half an hour for what others did', async () => {
    const { clock, fail } = await setUp();
    let longest = 0;
    for (let index = 0; index < 2000; index += 1) {
      const wait = await fail('ada', `10.${index >> 8}.${index & 255}.1`);
      longest = Math.max(longest, wait);
      clock.forward(wait);
    }
    expect(longest).toBe(30 * minute);
  });

  it('still limit a known place itself', async () => {
    const { failOften, succeed } = await setUp();
    await succeed('ada', '198.51.100.7');
    expect(
      await failOften(
        50,
        () => 'ada',
        () => '198.51.100.7',
      ),
    ).toBe(5);
  });

  it('forget known places when the password is replaced', async () => {
    const { runtime, failOften, succeed, clock } = await setUp();
    await succeed('ada', '198.51.100.7');
    await runtime.store.commit([forgetPlaces('account of ada')], clock.now());
    await failOften(
      60,
      () => 'ada',
      (index) => `192.0.2.${index}`,
    );
    expect(await succeed('ada', '198.51.100.7')).toBe(minute);
  });

  it('hold for attempts that run at the same time', async () => {
    const { fail } = await setUp();
    const sideBySide = await Promise.all(
      Array.from({ length: 100 }, () => fail('ada', '192.0.2.1')),
    );
    expect(sideBySide.filter((wait) => wait === 0)).toHaveLength(5);
    const onMany = await Promise.all(
      Array.from({ length: 100 }, (_, index) => fail(`person ${index}`, '192.0.2.2')),
    );
    expect(onMany.filter((wait) => wait === 0)).toHaveLength(50);
  });

  it('let one person log in many times at the same time', async () => {
    const { succeed } = await setUp();
    const waits = await Promise.all(Array.from({ length: 100 }, () => succeed('ada', '192.0.2.1')));
    expect(new Set(waits)).toEqual(new Set([0]));
  });

  it('let an office go on after a rush in which every password was right', async () => {
    const { succeed } = await setUp();
    const rush = Array.from({ length: 200 }, (_, index) => `person ${index}`);
    await Promise.all(rush.map((person) => succeed(person, '192.0.2.1')));
    for (const person of rush) expect(await succeed(person, '192.0.2.1')).toBe(0);
  });

  it('take nothing for an attempt that was refused or came to no answer', async () => {
    const { clock, limits, failOften } = await setUp({
      pair: [{ points: 2, durationSeconds: minute }],
      address: [{ points: 4, durationSeconds: minute }],
      account: [],
    });
    const outage = () => Promise.reject(new Error('no database'));
    const lost = limits({ identifier: 'ada', address: '192.0.2.1' }, outage);
    await expect(lost).rejects.toThrow('no database');
    expect(
      await failOften(
        30,
        () => 'ada',
        () => '192.0.2.1',
      ),
    ).toBe(2);
    expect(
      await failOften(
        30,
        () => 'bob',
        () => '192.0.2.1',
      ),
    ).toBe(2);
    clock.forward(minute);
    expect(
      await failOften(
        30,
        () => 'bob',
        () => '192.0.2.1',
      ),
    ).toBe(2);
  });

  it('give the points back that the others took when one counter fails', async () => {
    let isOut = false;
    const { failOften, fail } = await setUp(undefined, (definition, clock) => {
      const limiter = testLimiter(definition, clock);
      if (definition.name !== 'password:address:1') return limiter;
      const consume = (key: string) =>
        isOut ? Promise.reject(new Error('no counter')) : limiter.consume(key);
      return { ...limiter, consume };
    });
    const home = () => '192.0.2.1';
    expect(await failOften(3, () => 'ada', home)).toBe(3);
    isOut = true;
    for (let outage = 0; outage < 30; outage += 1) {
      await expect(fail('ada', '192.0.2.1')).rejects.toThrow('no counter');
    }
    isOut = false;
    expect(await failOften(30, () => 'ada', home)).toBe(2);
    expect(
      await failOften(
        20,
        () => 'ada',
        (index) => `198.51.100.${index}`,
      ),
    ).toBe(15);
  });

  it('say that a counter failed also when nothing can be given back', async () => {
    const { fail } = await setUp(undefined, (definition, clock) => ({
      ...testLimiter(definition, clock),
      ...(definition.name === 'password:account:2' && {
        consume: () => Promise.reject(new Error('no counter')),
      }),
      refund: () => Promise.reject(new Error('no refund')),
    }));
    await expect(fail('ada', '192.0.2.1')).rejects.toThrow('no counter');
  });

  it('mean the same on the limiter of the server', async () => {
    const secrets = createSecrets([secret]);
    const { failOften, fail, succeed } = await setUp(undefined, (definition) =>
      createLimiter(definition, secrets),
    );
    expect(
      await failOften(
        4,
        () => 'ada',
        () => '192.0.2.1',
      ),
    ).toBe(4);
    expect(await succeed('ada', '192.0.2.1')).toBe(0);
    expect(
      await failOften(
        8,
        () => 'ada',
        () => '192.0.2.1',
      ),
    ).toBe(5);
    expect(await fail('ada', '192.0.2.1')).toBe(minute);
    expect(await fail('ada', '192.0.2.2')).toBe(0);
    const rush = Array.from({ length: 200 }, (_, index) => `person ${index}`);
    await Promise.all(rush.map((person) => succeed(person, '192.0.2.3')));
    for (const person of rush) expect(await succeed(person, '192.0.2.3')).toBe(0);
  });
});
