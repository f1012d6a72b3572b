import type { LimitDefinition, Limiter, Slots } from '@gatehouse/core';
import { addressBlock } from './address-block.js';
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

/** May the password be looked at? If so, say afterwards how it went. */
export type Admission =
  | { readonly retryAfterSeconds: number }
  | { settle(outcome: { readonly accountId: string } | 'failure' | 'undecided'): Promise<void> };

/** Admits attempts or makes them wait. */
export type LoginLimits = (attempt: Attempt) => Promise<Admission>;

/** Declares the limits and returns what asks them. */
export function createLoginLimits(
  slots: Pick<Slots, 'limit'>,
  places: KnownPlaces,
  options: LoginLimitsOptions = {},
): LoginLimits {
  const limitersOf = (name: keyof LoginLimitsOptions): Limiter[] =>
    (options[name] ?? defaults[name]).map((tier, index) =>
      slots.limit({ name: `password:${name}:${index + 1}`, ...tier }),
    );
  const pair = limitersOf('pair');
  const address = limitersOf('address');
  const account = limitersOf('account');

  return async (attempt) => {
    const { identifier, address: from } = attempt;
    const known = await places.isKnown(identifier, from);
    const pairKey = `${identifier} ${addressBlock(from, 64)}`;
    const addressKey = addressBlock(from, 56);
    const counts = [
      ...pair.map((limiter) => ({ limiter, key: pairKey, ownPair: true })),
      ...address.map((limiter) => ({ limiter, key: addressKey, ownPair: false })),
      ...(known ? [] : account).map((limiter) => ({
        limiter,
        key: identifier,
        ownPair: false,
      })),
    ];
    const taken = await Promise.all(
      counts.map(async (count) => ({ ...count, verdict: await count.limiter.consume(count.key) })),
    );
    const refused = taken.filter(({ verdict }) => !verdict.allowed);
    const giveBack = async (some: typeof taken): Promise<void> => {
      await Promise.all(some.map(({ limiter, key }) => limiter.refund(key)));
    };
    if (refused.length > 0) {
      // Nothing was tried, so nothing counts where it was still allowed.
      await giveBack(taken.filter(({ verdict }) => verdict.allowed));
      return {
        retryAfterSeconds: Math.max(...refused.map(({ verdict }) => verdict.retryAfterSeconds)),
      };
    }
    return {
      async settle(outcome) {
        if (outcome === 'failure') return;
        if (outcome === 'undecided') return giveBack(taken);
        await giveBack(taken.filter(({ ownPair }) => !ownPair));
        await Promise.all(pair.map((limiter) => limiter.reset(pairKey)));
        await places.remember(outcome.accountId, identifier, from);
      },
    };
  };
}
