/**
 * What a counter counts. The constructors of `rate-limiter-flexible` take it as it is.
 *
 * @group store
 */
export interface CounterOptions {
  /** Begins the name of every key, so that many counters share one database. */
  readonly keyPrefix: string;
  readonly points: number;
  /** Seconds, from the first point on. */
  readonly duration: number;
  /** Seconds for which a key is refused once it took more points than there are. Without it, for the rest of the duration. */
  readonly blockDuration?: number;
}

/**
 * How far a key is.
 *
 * @group store
 */
export interface CounterState {
  /** More than there are when the key is refused; less than none after rewards. */
  readonly consumedPoints: number;
  /** Milliseconds until the key begins anew. */
  readonly msBeforeNext: number;
}

/**
 * A counter that many processes share: what the server calls of a limiter of `rate-limiter-flexible`, any of which fits.
 *
 * @group store
 */
export interface Counter {
  /** Nothing when no point was taken. */
  get(key: string): Promise<CounterState | null>;
  /** Takes a point. Rejects with a {@link CounterState}, which is no `Error`, when there was none left. */
  consume(key: string): Promise<CounterState>;
  /** Gives points back. */
  reward(key: string, points: number): Promise<unknown>;
  /** Forgets the key. */
  delete(key: string): Promise<unknown>;
}

/**
 * Makes a {@link Counter}. It may be called before the database is reached.
 *
 * @group store
 */
export type MakeCounter = (options: CounterOptions) => Counter;
