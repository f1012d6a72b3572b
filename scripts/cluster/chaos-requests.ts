import { setTimeout as delay } from 'node:timers/promises';
import type { Family, Journal, Tokens } from './chaos-journal.js';
import type { Answer } from './client.js';
import type { SeededRandom } from './seeded-random.js';

/** What came of a request. */
export type Outcome = Answer | 'no answer';

// A public client is given the same answer again for a minute; what is not served within is an outage that is too long.
const patienceMilliseconds = 50_000;

/** Sends a request that may get lost. */
export async function attempt(request: () => Promise<Answer>): Promise<Outcome> {
  try {
    return await request();
  } catch {
    return 'no answer';
  }
}

/** Tries until there is a result. Who is not served for too long says so in the family's record. */
export async function insist<Result>(
  what: string,
  once: () => Promise<Result | undefined>,
  { family, counts, random }: { family: Family; counts: Journal['counts']; random: SeededRandom },
): Promise<Result | undefined> {
  const end = performance.now() + patienceMilliseconds;
  for (;;) {
    const result = await once();
    if (result !== undefined) return result;
    if (performance.now() > end) {
      family.refusals.push(`${what}: not served in ${patienceMilliseconds} ms`);
      return undefined;
    }
    counts.retries += 1;
    await delay(random.between(20, 200));
  }
}

/** The tokens of an answer. */
export function tokensOf(outcome: Outcome): Tokens | undefined {
  if (outcome === 'no answer' || outcome.status !== 200) return undefined;
  const { access_token: access, refresh_token: refresh } = outcome.body;
  return { access: String(access), refresh: String(refresh), at: Math.floor(Date.now() / 1000) };
}

/** What is noted of an answer that says no. */
export function refusalOf(what: string, outcome: Outcome): string | undefined {
  if (outcome === 'no answer' || [200, 503].includes(outcome.status)) return undefined;
  return `${what}: ${outcome.status} ${String(outcome.body.error)}`;
}
