/** Something of the issuer's that is loaded now and then, by one request at a time. */
export interface RemoteDocument<T> {
  /** What is known, loaded first when nothing is, or when it is too old. Throws only when nothing was ever loaded. */
  get(): Promise<T>;
  /** Loads again, unless that was just done. Throws when the last try failed. */
  refresh(): Promise<T>;
}

export interface RemoteDocumentOptions<T> {
  readonly load: () => Promise<T>;
  readonly maxAgeSeconds: number;
  /** Between two tries at least: neither a flood of bad tokens nor an outage becomes a flood of fetches. */
  readonly cooldownSeconds: number;
}

// After a failure, at most: an API that starts a moment before its issuer should not wait out a long pause.
const maxPauseAfterFailureSeconds = 2;

/** Makes a {@link RemoteDocument}. While the issuer cannot be reached, what is known stays good, however old. */
export function createRemoteDocument<T>(options: RemoteDocumentOptions<T>): RemoteDocument<T> {
  const { cooldownSeconds, load, maxAgeSeconds } = options;
  let known: { readonly value: T } | undefined;
  let failure: { readonly reason: unknown } | undefined; // of the last try
  let loadedAt = Number.NEGATIVE_INFINITY;
  let triedAt = Number.NEGATIVE_INFINITY;
  let flight: Promise<T> | undefined;

  async function attempt(): Promise<T> {
    try {
      const value = await load();
      known = { value };
      failure = undefined;
      loadedAt = seconds();
      return value;
    } catch (reason) {
      failure = { reason };
      throw reason;
    } finally {
      triedAt = seconds();
    }
  }

  async function refresh(): Promise<T> {
    const pause = failure
      ? Math.min(cooldownSeconds, maxPauseAfterFailureSeconds)
      : cooldownSeconds;
    const isCooling = flight === undefined && seconds() - triedAt < pause;
    if (isCooling && failure) throw failure.reason;
    if (isCooling && known) return known.value;
    flight ??= attempt().finally(() => {
      flight = undefined;
    });
    return flight;
  }

  async function get(): Promise<T> {
    if (known === undefined) return refresh();
    if (seconds() - loadedAt < maxAgeSeconds) return known.value;
    const { value } = known;
    const refreshed = refresh().catch(() => value);
    // In an outage nobody waits for the next try to time out.
    return failure ? value : refreshed;
  }

  return { get, refresh };
}

// Not the clock on the wall, which can be set back.
function seconds(): number {
  return performance.now() / 1000;
}
