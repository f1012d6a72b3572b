import {
  addressBlock,
  type LimitDefinition,
  type Limiter,
  type LimitVerdict,
  type Slots,
} from '@gatehouse/core';
import { createTurns } from './create-turns.js';
import type { KnownPlaces } from './known-places.js';

/** So many failures in so many seconds, and how long to wait then. */
export type LimitTier = Omit<LimitDefinition, 'name'>;

/** How often a password may be wrong. Each list holds tiers that count side by side. */
export interface LoginLimitsOptions {
  /**
   * One identifier from one address.
   * @default 5 in 15 minutes: wait 1 minute; 10 in an hour: 10 minutes; 20 in a day: 1 hour
   */
  pair?: readonly LimitTier[];
  /**
   * All identifiers from one address.
   * @default 50 in 15 minutes: wait for the rest of them
   */
  address?: readonly LimitTier[];
  /**
   * One identifier from all addresses, except those it logged in from before.
   * @default 20 in 15 minutes: wait 1 minute; 100 in a day: 30 minutes
   */
  account?: readonly LimitTier[];
}

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/*
 * Who guesses, and what stops them:
 *
 * - Somebody at one address tries many passwords of one account: `pair`. The wait grows.
 * - Somebody at one address tries the same few passwords on many accounts: `address`.
 * - Somebody with many addresses works on one account: `account`.
 * - Somebody wants to lock a person out by failing in their name. The person's own place is counted apart (`pair`), and `account`
 *   leaves out places that the account logged in from within 90 days: there the person gets in as ever. At a new place they wait,
 *   half an hour at most, and again for as long as the attacker keeps more than twenty addresses busy. That is the price of any
 *   bound on guessing, and why `account` starts late.
 * - Somebody sends a thousand guesses at once: points are taken before a password is looked at and given back after a success, so
 *   requests that run side by side cannot all pass.
 * - Somebody asks which accounts exist: names that nobody has are counted and answered in the same way.
 * - Somebody clears the count of their address by logging in to an account of their own: a success clears the pair alone.
 *
 * Many accounts, many addresses, one guess each is stopped by none of this. Passwords that are in no list of leaks do, and a
 * second factor.
 */
const defaults: Required<LoginLimitsOptions> = {
  pair: [
    { points: 5, durationSeconds: 15 * minute, blockSeconds: minute },
    { points: 10, durationSeconds: hour, blockSeconds: 10 * minute },
    { points: 20, durationSeconds: day, blockSeconds: hour },
  ],
  address: [{ points: 50, durationSeconds: 15 * minute }],
  account: [
    { points: 20, durationSeconds: 15 * minute, blockSeconds: minute },
    { points: 100, durationSeconds: day, blockSeconds: 30 * minute },
  ],
};

/** Somebody who is about to try a password. */
export interface Attempt {
  /** The identifier as a handle that means nothing elsewhere. */
  readonly identifier: string;
  readonly address: string;
}

/** What came of an attempt: the account, nothing when the password was wrong, or a wait when nobody looked at it. */
export type AttemptResult = string | undefined | { readonly retryAfterSeconds: number };

/** Looks at a password by `check`, if the attempt may. */
export type LoginLimits = (
  attempt: Attempt,
  check: () => Promise<string | undefined>,
) => Promise<AttemptResult>;

/** Declares the limits and returns what asks them. */
export function createLoginLimits(
  slots: Pick<Slots, 'limit'>,
  places: KnownPlaces,
  options: LoginLimitsOptions = {},
): LoginLimits {
  const countersOf = (name: keyof LoginLimitsOptions): Counter[] =>
    (options[name] ?? defaults[name]).map((tier, index) => ({
      limiter: slots.limit({ name: `password:${name}:${index + 1}`, ...tier }),
      blocks: tier.blockSeconds !== undefined,
    }));
  const counters = {
    pair: countersOf('pair'),
    address: countersOf('address'),
    account: countersOf('account'),
  };
  // The same pair at the same time is one person with two tabs, or a test run: they must not use each other's points up.
  const turns = createTurns();

  return async ({ identifier, address }, check) => {
    const pairKey = `${identifier} ${addressBlock(address, 64)}`;
    // Before the turn: while the store is out of reach, each finds out for itself, and nobody waits for the others too.
    const known = await places.isKnown(identifier, address);
    return turns(pairKey, async () => {
      const points = await takeAll([
        ...counters.pair.map((counter) => ({ ...counter, key: pairKey })),
        ...counters.address.map((counter) => ({ ...counter, key: addressBlock(address, 56) })),
        ...(known ? [] : counters.account.map((counter) => ({ ...counter, key: identifier }))),
      ]);
      const waits = points.filter(({ allowed }) => !allowed);
      if (waits.length > 0) {
        // Nothing is tried, so nothing counts.
        await giveBack(points);
        return { retryAfterSeconds: Math.max(...waits.map((wait) => wait.retryAfterSeconds)) };
      }
      let accountId: string | undefined;
      try {
        accountId = await check();
      } catch (error) {
        await giveBack(points);
        throw error;
      }
      if (accountId !== undefined) {
        await Promise.all([
          giveBack(points.slice(counters.pair.length)),
          ...counters.pair.map(({ limiter }) => limiter.reset(pairKey)),
          places.remember(accountId, identifier, address),
        ]);
      }
      return accountId;
    });
  };
}

interface Counter {
  readonly limiter: Limiter;
  readonly blocks: boolean;
}

interface Asked extends Counter {
  readonly key: string;
}

type Point = Asked & LimitVerdict;

/** A point of each counter. When one of them fails nothing is tried, so what the others gave does not count. */
async function takeAll(counters: readonly Asked[]): Promise<readonly Point[]> {
  const taken = await Promise.allSettled(
    counters.map(async (asked) => ({ ...asked, ...(await asked.limiter.consume(asked.key)) })),
  );
  const points = taken.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
  const failed = taken.find((one) => one.status === 'rejected');
  if (failed === undefined) return points;
  // Not waited for: where one counter is out of reach, others may be too.
  giveBack(points).catch(() => {});
  throw failed.reason;
}

// A refused point starts a block where there is one, and stays; elsewhere it would only keep an office waiting after a rush in
// which every password was right.
async function giveBack(points: readonly Point[]): Promise<void> {
  const returned = points.filter(({ allowed, blocks }) => allowed || !blocks);
  await Promise.all(returned.map(({ limiter, key }) => limiter.refund(key)));
}
