import type { Check } from '../check.js';
import type { Place } from '../report.js';

/** Seconds of a day. */
export const day = 86_400;

/** A whole number of seconds within bounds. Milliseconds are the usual mistake. */
export function lifetime({ min = 1, max }: { min?: number; max: number }): Check<number> {
  return (value, at) => {
    const seconds = Number.isSafeInteger(value) ? (value as number) : Number.NaN;
    if (seconds >= min && seconds <= max) return seconds;
    const isMilliseconds = seconds > max && seconds % 1000 === 0 && seconds / 1000 <= max;
    const hint = isMilliseconds ? ` If that is milliseconds, write ${seconds / 1000}.` : '';
    return at.problem(
      `must be a whole number of seconds from ${min} to ${max}, got ${at.show(value)}.${hint}`,
    );
  };
}

/** Reports an idle lifetime that the absolute one cuts off. */
export function checkIdleWithin(
  { idleSeconds, absoluteSeconds }: { idleSeconds: number; absoluteSeconds: number },
  at: Place,
): void {
  if (idleSeconds <= absoluteSeconds) return;
  at.at('idleSeconds').problem(
    `must not be more than absoluteSeconds, which is ${absoluteSeconds}, got ${idleSeconds}.`,
  );
}
