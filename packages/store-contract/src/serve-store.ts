/** A call of the store, by its name and arguments. */
export type Call = readonly [name: string, ...args: readonly unknown[]];

/** What a call came to. */
export type Outcome =
  | { readonly value?: unknown }
  | { readonly conflict: string }
  | { readonly error: string };

/** What a process is asked to do. */
export interface Task {
  readonly calls: readonly Call[];
  /** One after the other, and not all at once. */
  readonly inTurn: boolean;
  /** Epoch millisecond at which to begin, so that processes meet. */
  readonly startAt: number;
}

/** What a process answers for each call. */
export interface Answer {
  readonly index: number;
  readonly outcome: Outcome;
}

/**
 * What another process does: it opens a store and makes the calls that it is sent. Its source is handed to `node --eval`, so it
 * uses nothing from outside of it.
 */
export async function serveStore(module: string, config: object): Promise<void> {
  const { makeStore } = await import(module);
  const store = await makeStore(config);
  // Whether a key got a point.
  const counted = ([options, key]: readonly unknown[]): Promise<boolean> =>
    store
      .limiter(options)
      .consume(key)
      .then(
        () => true,
        (refused: unknown) => (refused instanceof Error ? Promise.reject(refused) : false),
      );
  const outcomeOf = async ([name, ...args]: Call): Promise<Outcome> => {
    try {
      if (name === 'limiter') return { value: await counted(args) };
      return { value: await store[name]?.(...args) };
    } catch (error) {
      if (!(error instanceof Error)) return { error: String(error) };
      if (error.name !== 'StoreConflict') return { error: `${error.name}: ${error.message}` };
      return { conflict: (error as Error & { readonly reason: string }).reason };
    }
  };
  const answer = async (call: Call, index: number): Promise<void> => {
    // As text: an object would be one of another realm in some test frameworks.
    process.send?.(JSON.stringify({ index, outcome: await outcomeOf(call) }));
  };
  process.on('message', async ({ calls, inTurn, startAt }: Task) => {
    await new Promise((resolve) => setTimeout(resolve, startAt - Date.now()));
    if (!inTurn) calls.map(answer);
    else for (const [index, call] of calls.entries()) await answer(call, index);
  });
  process.on('disconnect', async () => {
    await store.close?.();
    process.exit();
  });
  process.send?.('ready');
}
