/** A rate limit: so many points in so many seconds, per key. */
export interface LimitDefinition {
  /** Part of the counter's key, e.g. `login:pair`. */
  readonly name: string;
  readonly points: number;
  readonly durationSeconds: number;
  /** How long a key is refused once it used its points up. @default the rest of the duration */
  readonly blockSeconds?: number;
}

/** Whether a key may go on. */
export interface LimitVerdict {
  readonly allowed: boolean;
  /** Whole seconds, at least 1, when not allowed. */
  readonly retryAfterSeconds: number;
  readonly remaining: number;
}

/** Counts against one {@link LimitDefinition}. Keys are hashed before they are stored. */
export interface Limiter {
  /** Whether the key may go on, without counting. */
  peek(key: string): Promise<LimitVerdict>;
  /** Counts one, and says whether it was within the limit. */
  consume(key: string): Promise<LimitVerdict>;
  /**
   * Gives one point back. Counting before the work and giving back after a success keeps requests that run at the same time
   * within the limit; looking first and counting after would let all of them through.
   */
  refund(key: string): Promise<void>;
  /** Forgets the key, after a success. */
  reset(key: string): Promise<void>;
}
