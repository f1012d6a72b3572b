/** One try of a job. */
export interface Job<out Payload = unknown> {
  /** The same over all tries: good as the id of what must not count twice. */
  readonly id: string;
  readonly payload: Payload;
  /** 1 for the first. A try that was cut off, by a crash too, counts. */
  readonly attempt: number;
  /** Epoch second. */
  readonly enqueuedAt: number;
  /** Aborted when the time of this try is over, or the server closes. */
  readonly signal: AbortSignal;
}

/** What a try came to when trying again would be of no use. */
export interface GivenUp {
  /** For the log: no token, secret or address of a person. */
  readonly giveUp: string;
}

/** Work that survives a restart. */
export interface JobDefinition<in Payload = never> {
  readonly name: string;
  /**
   * Does it. What throws is tried again, later each time. In any number of processes one try runs at a time; after a crash, or a
   * try that has ignored its `signal`, what was done already may be done again.
   */
  readonly run: (job: Job<Payload>) => Promise<GivenUp | undefined> | Promise<void>;
  /** Told once no more is tried, with why. */
  readonly abandoned?: (job: Job<Payload>, reason: string) => Promise<void> | void;
  /** For how long it is tried. @default 86400, a day */
  readonly lifetimeSeconds?: number;
  /** How long one try may take. @default 30 */
  readonly timeoutSeconds?: number;
}

/** Where jobs of one name are put. */
export interface JobHandle<in Payload> {
  /**
   * Leaves a job in the store. Within a request it leaves with what the request writes, or not at all; in a route of a plugin, and
   * outside of requests, at once.
   *
   * @param payload - What JSON can hold, 65,536 characters of it at most. It is sealed.
   * @param options - delaySeconds: not before. Default 0. lane: whom it goes to; jobs of one lane share a few places, so that a slow
   * receiver holds up its own and no others. Default: the name of the job
   */
  enqueue(
    payload: Payload,
    options?: { readonly delaySeconds?: number; readonly lane?: string },
  ): Promise<void>;
}
