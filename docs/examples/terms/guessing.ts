import type { Slots } from '@gatehouse/core';

/** Looks at a code of six digits, five times in a quarter of an hour. */
export function limitGuesses(
  slots: Pick<Slots, 'limit'>,
  isRight: (accountId: string, code: string) => Promise<boolean>,
) {
  // #region limit
  const guesses = slots.limit({ name: 'code:account', points: 5, durationSeconds: 900 });

  return async (accountId: string, code: string) => {
    const { allowed, retryAfterSeconds } = await guesses.consume(accountId);
    if (!allowed) return { retryAfterSeconds };
    const right = await isRight(accountId, code);
    if (right) await guesses.refund(accountId);
    return { right };
  };
  // #endregion limit
}
