/** Where time comes from. */
export interface Clock {
  /** The epoch second. */
  now(): number;
}

/** The system's clock. */
export const systemClock: Clock = { now: () => Math.floor(Date.now() / 1000) };
