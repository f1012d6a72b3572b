import type { Provider } from 'oidc-provider';
import type { Clock } from '../clock.js';
import type { Secrets } from '../secrets.js';
import type { Exchange } from './browser-accounts.js';
import { longCookie } from './cookie-names.js';

/** One session that the browser keeps for later: what its own cookie held, and whose it is. */
export interface KeptEntry {
  readonly id: string;
  readonly accountId: string;
}

/** What the cookie is made with. */
export interface KeptAccountsParts {
  readonly provider: Provider;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly accountsCookie: string;
  readonly secure: boolean;
  readonly sessionSeconds: number;
}

const label = 'kept-accounts';

/** The cookie of the sessions that a browser keeps beside its own: sealed, so that it tells nobody who they are. */
export function keptAccounts(parts: KeptAccountsParts): {
  read(exchange: Exchange): readonly KeptEntry[];
  write(exchange: Exchange, entries: readonly KeptEntry[]): void;
} {
  const { provider, secrets, clock, accountsCookie: name } = parts;
  return {
    read({ engineReq, res }) {
      const { cookies } = provider.createContext(engineReq, res);
      const sealed = cookies.get(name, { signed: false });
      const text = sealed === undefined ? undefined : secrets.open(label, sealed);
      return text === undefined ? [] : (JSON.parse(text) as KeptEntry[]);
    },
    write({ engineReq, res }, entries) {
      if (res.headersSent) return;
      const { cookies } = provider.createContext(engineReq, res);
      const options = { ...longCookie(parts.secure), signed: false, overwrite: true };
      if (entries.length === 0) return void cookies.set(name, null, options);
      const expires = new Date((clock.now() + parts.sessionSeconds) * 1000);
      cookies.set(name, secrets.seal(label, JSON.stringify(entries)), { ...options, expires });
    },
  };
}
