import { setTimeout as delay } from 'node:timers/promises';
import type { ChaosClientParts } from './chaos-login.js';
import { createChaosSession } from './chaos-session.js';

/**
 * An honest client and its person: logs in, redeems, refreshes. It keeps its last refresh token and sends the same one again
 * after a lost answer; now and then two tabs refresh at once, a code is sent twice, or everything is revoked.
 */
export async function runChaosClient(
  parts: ChaosClientParts & {
    readonly name: string;
    /** When to come to an end. */
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { name, signal } = parts;
  for (let turn = 1; !signal.aborted; turn += 1) {
    await livePerson({ ...parts, person: `${name}-${turn}` });
  }
}

async function livePerson(
  parts: ChaosClientParts & { readonly person: string; readonly signal: AbortSignal },
): Promise<void> {
  const { random, signal } = parts;
  const session = createChaosSession(parts);
  const logins = 1 + Math.floor(random.between(0, 4));
  for (let left = logins; left > 0 && !signal.aborted; left -= 1) {
    const chain = await session.takeTokens();
    let last = chain?.redeemed[0];
    for (let times = Math.floor(random.between(0, 6)); chain && last && times > 0; times -= 1) {
      await delay(random.between(20, 150));
      if (random.chance(0.3)) await session.useToken(last);
      last = await session.rotate(chain, last.refresh);
    }
    if (chain && last && random.chance(0.25)) {
      if (random.chance(0.5)) await session.revokeByToken(last.refresh);
      else await session.revokeByAccount(chain, last.refresh);
    }
    // Whom a refusal was noted of has nothing to go on with.
    if (!session.settle()) return;
  }
}
