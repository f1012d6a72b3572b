import type { ClientDirectory } from '../authorize/clients.js';
import { destinationOf } from '../authorize/clients.js';
import type { Clock } from '../clock.js';
import { connectionId, readConsent } from '../interaction/consent.js';
import type { ClientView, Destination, ScopesByResource } from '../interaction/view.js';
import type { Store, StoredRecord } from '../store.js';
import type { LastUse } from './last-use.js';
import type { RevokeTarget } from './revoke-target.js';

/** An account at a client: what the person allowed, or a first-party client got without a question. */
export interface Connection {
  /** The client, of which only the id is left once it is removed. */
  readonly client: ClientView;
  /** Where its redirect URIs lead, each place once. */
  readonly destinations: readonly Destination[];
  readonly granted: ScopesByResource;
  /** Epoch second. */
  readonly since: number;
  /** When a token was issued or refreshed last: epoch second, exact to an hour. */
  readonly lastUsedAt?: number;
}

/** One page of connections. */
export interface ConnectionPage {
  readonly connections: readonly Connection[];
  /** Where the next page starts. It may come with fewer connections than asked for, or none. */
  readonly cursor?: string;
  /** The words for each scope, by scope name. */
  readonly scopeTexts: Readonly<Record<string, string>>;
  /** What people call each resource, by its identifier. */
  readonly resourceNames: Readonly<Record<string, string>>;
}

/** What accounts are connected to. */
export interface Connections {
  /** Those of an account, page by page. However many grants there are, it reads a bounded number of records for each. */
  list(
    accountId: string,
    options?: { readonly cursor?: string; readonly limit?: number },
  ): Promise<ConnectionPage>;
  /**
   * Ends the consent and all grants of an account at a client, as `auth.revoke({ accountId, clientId })` does.
   *
   * @returns whether there was anything to end
   */
  revoke(accountId: string, clientId: string): Promise<boolean>;
}

/** What the connections are made from. */
export interface ConnectionsParts extends Pick<ConnectionPage, 'scopeTexts' | 'resourceNames'> {
  readonly store: Store;
  readonly clock: Clock;
  readonly clients: ClientDirectory;
  readonly lastUse: Pick<LastUse, 'find'>;
  readonly revoke: (target: RevokeTarget) => Promise<void>;
}

/** Reads connections from the consents: one record for each account and client, however many sessions and tokens there are. */
export function createConnections(parts: ConnectionsParts): Connections {
  const { store, clock, clients, lastUse, scopeTexts, resourceNames } = parts;

  async function hasGrant(connection: string): Promise<boolean> {
    const by = { key: 'connection', value: connection };
    const { records } = await store.list('Grant', by, { now: clock.now(), limit: 1 });
    return records.length > 0;
  }

  async function connectionOf(record: StoredRecord): Promise<Connection | undefined> {
    const { clientId, granted, unasked, since } = readConsent(record);
    const isAllowed = Object.values(granted).some((scopes) => scopes.length > 0);
    // What nobody was asked for, and what is being ended, is there as long as there are grants.
    if (!isAllowed && !(await hasGrant(record.id))) return undefined;
    const [client, lastUsedAt] = await Promise.all([
      clients.find(clientId),
      lastUse.find(record.id),
    ]);
    return {
      client: client?.view ?? goneClient(clientId),
      destinations: distinct((client?.metadata.redirect_uris ?? []).map(destinationOf)),
      granted: join(granted, unasked ?? {}),
      since,
      // An earlier one is of a connection that was revoked with all of the account.
      ...(lastUsedAt === undefined || lastUsedAt < since ? {} : { lastUsedAt }),
    };
  }

  return {
    async list(accountId, { cursor, limit = 25 } = {}) {
      const page = await store.list(
        'Consent',
        { key: 'accountId', value: accountId },
        { now: clock.now(), limit, ...(cursor === undefined ? {} : { cursor }) },
      );
      const connections = await Promise.all(page.records.map(connectionOf));
      return {
        connections: connections.filter((one) => one !== undefined),
        ...(page.cursor === undefined ? {} : { cursor: page.cursor }),
        scopeTexts,
        resourceNames,
      };
    },
    async revoke(accountId, clientId) {
      const id = connectionId(accountId, clientId);
      const record = await store.find('Consent', { id }, clock.now());
      if (!record) return false;
      await parts.revoke({ accountId, clientId });
      return true;
    },
  };
}

function goneClient(client_id: string): ClientView {
  return { client_id, firstParty: false, confidential: false, source: 'stored' };
}

function distinct(destinations: readonly Destination[]): Destination[] {
  return [...new Map(destinations.map((one) => [`${one.kind} ${one.display}`, one])).values()];
}

function join(one: ScopesByResource, other: ScopesByResource): ScopesByResource {
  const resources = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries(
    [...resources].map((resource) => [
      resource,
      [...new Set([...(one[resource] ?? []), ...(other[resource] ?? [])])],
    ]),
  );
}
