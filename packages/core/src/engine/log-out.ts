import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import type { Store } from '../store.js';
import type { Clock } from '../clock.js';
import type { BrowserAccounts } from './browser-accounts.js';
import { commitUnit } from './commit-unit.js';
import { currentSession } from './current-session.js';
import { engineRequest } from './engine-request.js';
import { inUnitOfWork } from './unit-of-work.js';

/** What {@link createLogOut} needs. */
export interface LogOutParts {
  readonly provider: Provider;
  readonly store: Store;
  readonly clock: Clock;
  readonly browser: BrowserAccounts;
  readonly origin: string;
  readonly mountPath: string;
  readonly sessionCookie: string;
}

/** Makes `auth.logOut`: the host's logout is the browser's, of every account that it has here. */
export function createLogOut(
  parts: LogOutParts,
): (req: IncomingMessage, res: ServerResponse) => Promise<void> {
  const { provider, store, clock, browser, origin, mountPath, sessionCookie } = parts;

  return (req, res) =>
    // Another tab may be about to use the session.
    commitUnit({ store, clock }, (unit) =>
      inUnitOfWork(unit, async () => {
        const engineReq = engineRequest(req, { method: 'GET', url: '/', origin, mountPath });
        // To read a cookie that an older secret signed is to set it anew, which is not wanted here.
        const reply = new ServerResponse(engineReq);
        const session = await currentSession(engineReq, reply, provider, sessionCookie);
        await browser.end({ engineReq, res }, session, 'all');
      }),
    );
}
