import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AccountDirectory } from '../authorize/accounts.js';
import type { Secrets } from '../secrets.js';
import type { EngineSession } from './current-session.js';
import { endSession, type SessionEndParts } from './end-session.js';
import { storedIdOf } from './records.js';
import { giveSession, presentSession, type SessionCookieParts } from './session-cookie.js';
import type { RecordedSession, SessionRecords } from './session-records.js';
import { type KeptEntry, keptAccounts } from './kept-accounts.js';
import { unitOfWork } from './unit-of-work.js';
import { accountOrEnd } from './void-session.js';

/** What it works on. */
export interface BrowserAccountsParts extends SessionEndParts, SessionCookieParts {
  readonly secrets: Secrets;
  readonly accounts: AccountDirectory;
  readonly records: SessionRecords;
  readonly accountsCookie: string;
  /** The longest life of a session. */
  readonly sessionSeconds: number;
}

/** An account that is signed in in the browser, and whose session it is. */
export interface KeptSession {
  /** What the cookie of that session holds. */
  readonly id: string;
  readonly session: RecordedSession;
  readonly account: unknown;
}

/** The two sides of a request, as the engine sees it. */
export interface Exchange {
  readonly engineReq: IncomingMessage;
  readonly res: ServerResponse;
}

/**
 * The accounts that are signed in in a browser beside that of its session, each by a session of its own, which expires and is
 * revoked as every other. What changes here is what the browser gets once the unit of work is written.
 */
export interface BrowserAccounts {
  /**
   * Those that still count beside the given one, the last one used first; what is found void is ended. Without their cookie nothing
   * is read.
   */
  list(exchange: Exchange, session: EngineSession | undefined): Promise<readonly KeptSession[]>;
  /** Another account has logged in: the session stays for later, or ends; what the browser had of that account is gone on with. */
  makeRoom(
    exchange: Exchange,
    session: EngineSession | undefined,
    next: { readonly accountId: string; readonly keep: boolean },
  ): Promise<void>;
  /** Makes a kept session the browser's, and keeps the one that was. Nothing happens when it is none of them. */
  choose(
    exchange: Exchange,
    session: EngineSession | undefined,
    sessionId: string,
  ): Promise<boolean>;
  /** The same for the running request to the engine, which gives the browser its cookie. */
  present(exchange: Exchange, session: EngineSession | undefined, kept: KeptSession): void;
  /** Ends the session and, of the kept ones, those given; the browser forgets their cookies. */
  end(
    exchange: Exchange,
    session: EngineSession | undefined,
    kept: readonly KeptSession[] | 'all',
  ): Promise<void>;
}

/** The most that are kept: beside the session's own it makes five. */
const mostKept = 4;

/** Makes it. Where the host's own session is the login there is one account, and nothing is ever kept. */
export function createBrowserAccounts(parts: BrowserAccountsParts): BrowserAccounts {
  const cookie = keptAccounts(parts);

  async function load({ id }: KeptEntry): Promise<KeptSession | undefined> {
    const session = await parts.records.find(unitOfWork(), storedIdOf('Session', id));
    if (!session) return undefined;
    const account = await accountOrEnd(session, parts);
    return account === undefined ? undefined : { id, session, account };
  }

  function write(exchange: Exchange, entries: readonly KeptEntry[]): void {
    unitOfWork().afterCommit(() => cookie.write(exchange, entries));
  }

  function entryOf({ jti, accountId = '' }: EngineSession): KeptEntry {
    return { id: jti, accountId };
  }

  const browser: BrowserAccounts = {
    async list(exchange, session) {
      const entries = cookie.read(exchange).filter(({ id }) => id !== session?.jti);
      const loaded = await Promise.all(entries.map(load));
      return loaded.filter((one) => one !== undefined);
    },

    async makeRoom(exchange, session, { accountId, keep }) {
      const before = session?.accountId === undefined ? undefined : session;
      const kept = await browser.list(exchange, session);
      const again = kept.find((one) => one.session.accountId === accountId);
      const rest = kept.filter(
        (one) => one !== again && one.session.accountId !== before?.accountId,
      );
      // Out of the browser's sight a session would be nobody's.
      for (const one of rest.splice(keep && before ? mostKept - 1 : mostKept)) {
        await endSession(unitOfWork(), one.session, 'account_changed', parts);
      }
      if (before && !keep) await endSession(unitOfWork(), before, 'account_changed', parts);
      if (again || (before && keep)) {
        presentSession(exchange.engineReq, exchange.res, again?.id, parts);
      }
      const left = rest.map(({ id, session: { accountId } }) => ({ id, accountId }));
      const next = keep && before ? [entryOf(before), ...left] : left;
      if (next.length > 0 || cookie.read(exchange).length > 0) write(exchange, next);
    },

    async choose(exchange, session, sessionId) {
      const kept = (await browser.list(exchange, session)).find(
        (one) => one.session.uid === sessionId,
      );
      if (!kept) return false;
      remember(exchange, session, kept);
      const { exp } = kept.session;
      unitOfWork().afterCommit(() =>
        giveSession(exchange.engineReq, exchange.res, { id: kept.id, exp }, parts),
      );
      return true;
    },

    present(exchange, session, kept) {
      remember(exchange, session, kept);
      presentSession(exchange.engineReq, exchange.res, kept.id, parts);
    },

    async end(exchange, session, which) {
      const unit = unitOfWork();
      const kept = which === 'all' ? await browser.list(exchange, session) : which;
      if (session) await endSession(unit, session, 'logout', parts);
      for (const one of kept) await endSession(unit, one.session, 'logout', parts);
      const entries = cookie.read(exchange);
      const gone = new Set(kept.map(({ id }) => id));
      const left = which === 'all' ? [] : entries.filter(({ id }) => !gone.has(id));
      if (left.length < entries.length) write(exchange, left);
      if (!session) return;
      unit.afterCommit(() => giveSession(exchange.engineReq, exchange.res, undefined, parts));
    },
  };

  function remember(
    exchange: Exchange,
    session: EngineSession | undefined,
    { id, session: { accountId } }: KeptSession,
  ): void {
    const before = session?.accountId === undefined ? undefined : session;
    const others = cookie
      .read(exchange)
      .filter((one) => one.id !== id && ![accountId, before?.accountId].includes(one.accountId));
    write(exchange, before ? [entryOf(before), ...others] : others);
  }

  return browser;
}
