import type { Announcement } from '../issue/announce-revocation.js';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Clock } from '../clock.js';
import type { EventHub } from '../events.js';
import type { LastUse } from '../issue/last-use.js';
import type { Store } from '../store.js';
import type { RefreshReplay } from './refresh-replay.js';

/** What the commit needs from the rest. */
export interface CommitContext extends Announcement {
  readonly store: Store;
  readonly clock: Clock;
  readonly events: EventHub;
  readonly replay: RefreshReplay;
  readonly lastUse: Pick<LastUse, 'note'>;
  readonly renderUnavailable: (ctx: KoaContextWithOIDC) => void;
}
