/** How long a call may still take. */
export interface Budget {
  readonly milliseconds: number;
  remaining(): number;
  /** Begins anew: a long piece of work has got on. */
  renew(): void;
}

/** Starts the clock of a call. */
export function startBudget(milliseconds: number): Budget {
  let end = performance.now() + milliseconds;
  return {
    milliseconds,
    remaining: () => end - performance.now(),
    renew() {
      end = performance.now() + milliseconds;
    },
  };
}

/** What the work gives, or an error when the time is over. The work itself is not stopped. */
export async function within<Result>(budget: Budget, work: PromiseLike<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    const late = (): void => reject(tooLate(budget));
    timer = setTimeout(late, Math.max(0, budget.remaining()));
  });
  try {
    return await Promise.race([work, over]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits, unless the time would be over. */
export async function pauseWithin(budget: Budget, milliseconds: number): Promise<void> {
  if (budget.remaining() < milliseconds) throw tooLate(budget);
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function tooLate({ milliseconds }: Budget): Error {
  return new Error(`MongoDB gave no answer within ${milliseconds} ms`);
}
