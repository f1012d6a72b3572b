import type { Clock } from '../clock.js';
import type { ScopesByResource } from '../interaction/view.js';
import type { Store, StoredRecord } from '../store.js';
import type { RevokeTarget } from './revoke.js';

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
  readonly expiresAt: number;
}

/** One page of grants. */
export interface GrantPage {
  readonly grants: readonly GrantView[];
  readonly cursor?: string;
}

/** Grants as data. */
export interface ManagedGrants {
  /** Those of an account or of a client, page by page. */
  list(
    by: ({ accountId: string } | { clientId: string }) & { cursor?: string; limit?: number },
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

/** Makes `auth.grants`. */
export function createManagedGrants({
  store,
  clock,
  revoke,
}: {
  store: Store;
  clock: Clock;
  revoke: (target: RevokeTarget) => Promise<void>;
}): ManagedGrants {
  return {
    revoke: (grantId) => revoke({ grantId }),
    async list({ cursor, limit = 100, ...by }) {
      const [key, value] =
        'accountId' in by ? ['accountId', by.accountId] : ['clientId', by.clientId];
      const page = await store.list(
        'Grant',
        { key, value },
        {
          now: clock.now(),
          limit,
          ...(cursor === undefined ? {} : { cursor }),
        },
      );
      return {
        grants: page.records.map(viewOf),
        ...(page.cursor === undefined ? {} : { cursor: page.cursor }),
      };
    },
  };
}

function viewOf({ id, keys, payload }: StoredRecord): GrantView {
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
    expiresAt: p.exp,
  };
}
