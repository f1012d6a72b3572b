import { createGuard, type Guard, type GuardResources } from '@gatehouse/guard';
import type { Logger } from '../app/logger.js';
import type { Clock } from '../clock.js';
import type { SigningKeys } from '../issue/keys.js';
import type { RevocationFeed } from '../issue/revocation-feed.js';

/** What the guard in the same process is made from. */
export interface ProtectParts {
  readonly issuer: string;
  readonly resources: GuardResources;
  readonly keys: SigningKeys;
  readonly feed: RevocationFeed;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly readOpaque: (token: string) => Promise<Record<string, unknown> | undefined>;
}

/** The guard of `auth.protect`: a JWT costs no store access, an opaque token is read from the store each time. */
export function createLocalGuard<R extends GuardResources>(parts: ProtectParts): Guard<R> {
  const { issuer, keys, feed, logger, clock } = parts;
  return createGuard<R>({
    issuer,
    // The server has checked its issuer, and was told to take this one; here keys and tokens stay in the process.
    dangerouslyAllowHttpIssuer: true,
    resources: parts.resources as R,
    source: {
      key: (header) => keys.find(header),
      // Asked for remembered tokens too: their key may have been dropped since it verified them.
      revoked: (claims, { token }) => feed.isRevoked(claims) || !keys.holds(keyIdOf(token)),
      introspect: (token) => parts.readOpaque(token),
    },
    clock: () => clock.now(),
    logger: {
      debug: (message, details) => logger.debug(details, message),
      warn: (message, details) => logger.warn(details, message),
    },
  });
}

function keyIdOf(token: string): unknown {
  const [header = ''] = token.split('.', 1);
  const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid?: unknown };
  return kid;
}
