import type { Clock } from '../clock.js';
import type { ScopesByResource } from '../interaction/view.js';
import { ConfigurationError } from '../errors.js';
import { connectionId } from '../interaction/consent.js';
import type { ListBy, Store, StoredRecord } from '../store.js';
import type { LastUse } from './last-use.js';
import type { RevokeTarget } from './revoke-target.js';

/** One token family: one browser session of an account at a client. */
export interface GrantView {
  readonly grantId: string;
  readonly accountId: string;
  readonly clientId: string;
  /** The browser session that it belongs to: its `uid`. */
  readonly sessionId?: string;
  /** What was allowed, by resource; `''` holds scopes that belong to none. */
  readonly scopes: ScopesByResource;
  /** Epoch seconds. */
  readonly issuedAt: number;
  /** When a token of it was issued or refreshed last, exact to an hour. Absent until the first. */
  readonly lastUsedAt?: number;
  readonly expiresAt: number;
}

/** One page of grants. */
export interface GrantPage {
  readonly grants: readonly GrantView[];
  readonly cursor?: string;
}

/** Grants as data. */
export interface ManagedGrants {
  /** Those of an account, of a client, or of an account at a client, page by page: 100 at once, if `limit` says nothing else. */
  list(
    by: ({ accountId: string; clientId?: string } | { clientId: string }) & {
      cursor?: string;
      limit?: number;
    },
  ): Promise<GrantPage>;
  /** Ends one grant and all of its tokens. The consent stays: see `auth.revoke`. */
  revoke(grantId: string): Promise<void>;
}

interface GrantPayload {
  readonly p: {
    readonly iat: number;
    readonly exp: number;
    readonly resources?: Readonly<Record<string, string>>;
    readonly openid?: { readonly scope?: string };
  };
}

// A page may be of any size, and the host's pool of connections is not.
const readsAtOnce = 25;

/** Makes `auth.grants`. */
export function createManagedGrants({
  store,
  clock,
  lastUse,
  revoke,
}: {
  store: Store;
  clock: Clock;
  lastUse: Pick<LastUse, 'find'>;
  revoke: (target: RevokeTarget) => Promise<void>;
}): ManagedGrants {
  return {
    revoke: (grantId) => revoke({ grantId }),
    async list({ cursor, limit = 100, ...by }) {
      const page = await store.list('Grant', listBy(by), {
        now: clock.now(),
        limit,
        ...(cursor === undefined ? {} : { cursor }),
      });
      const grants: GrantView[] = [];
      for (let from = 0; from < page.records.length; from += readsAtOnce) {
        const some = page.records.slice(from, from + readsAtOnce);
        const views = some.map(async (one) => viewOf(one, await lastUse.find(one.id)));
        grants.push(...(await Promise.all(views)));
      }
      return {
        grants,
        ...(page.cursor === undefined ? {} : { cursor: page.cursor }),
      };
    },
  };
}

function listBy({ accountId, clientId }: { accountId?: string; clientId?: string }): ListBy {
  if (accountId !== undefined && clientId !== undefined) {
    return { key: 'connection', value: connectionId(accountId, clientId) };
  }
  if (accountId !== undefined) return { key: 'accountId', value: accountId };
  if (clientId !== undefined) return { key: 'clientId', value: clientId };
  const message = 'needs an accountId, a clientId, or both.';
  throw new ConfigurationError('ERR_USAGE', [{ path: 'auth.grants.list()', message }]);
}

function viewOf({ id, keys, payload }: StoredRecord, lastUsedAt: number | undefined): GrantView {
  const { p } = JSON.parse(payload) as GrantPayload;
  const scopes: Record<string, readonly string[]> = {};
  for (const [resource, scope] of Object.entries(p.resources ?? {})) {
    scopes[resource] = scope.split(' ');
  }
  if (p.openid?.scope) scopes[''] = p.openid.scope.split(' ');
  const { accountId = '', clientId = '', sessionUid } = keys;
  return {
    grantId: id,
    accountId,
    clientId,
    ...(sessionUid === undefined ? {} : { sessionId: sessionUid }),
    scopes,
    issuedAt: p.iat,
    ...(lastUsedAt === undefined ? {} : { lastUsedAt }),
    expiresAt: p.exp,
  };
}
