import {
  type AccountView,
  type ClientView,
  type Connection,
  type ConnectionPage,
  type Destination,
  displayText,
} from '@gatehouse/core';
import { type ConsentClient, consentClient, groupsOf } from './consent-data.js';

/** The scopes of one API that an app has. */
export interface ConnectedScopes {
  /** Its identifier, or `''` for scopes that belong to no API. */
  readonly resource: string;
  readonly name: string;
  readonly scopes: readonly { readonly name: string; readonly description: string }[];
}

/** One app that the account is connected to. */
export interface ConnectedApp {
  readonly client: ConsentClient;
  /** Where it takes the browser: hosts, or apps on a device. */
  readonly destinations: readonly Pick<Destination, 'display' | 'kind'>[];
  readonly groups: readonly ConnectedScopes[];
  /** Epoch second. */
  readonly since: number;
  /** When it got a token last: epoch second, exact to an hour. */
  readonly lastUsedAt?: number;
  /** Nobody but the app itself vouches for its name. */
  readonly unverified: boolean;
}

/** What the page of connected apps shows, and what a host's own front end gets as JSON. */
export interface AppsPageData {
  readonly account: AccountView;
  /** The one that was used last comes first. */
  readonly apps: readonly ConnectedApp[];
  /** URL of the next page, when there are more. */
  readonly next?: string;
}

/** Everything that the page shows, as plain data. */
export function appsData(
  account: AccountView,
  page: ConnectionPage,
  isVerified: (client: ClientView) => boolean,
  next: string | undefined,
): AppsPageData {
  const apps = page.connections.map((one) => connectedApp(one, page, isVerified));
  const usedAt = ({ lastUsedAt, since }: ConnectedApp): number => lastUsedAt ?? since;
  return {
    account: { accountId: account.accountId, label: displayText(account.label) },
    apps: apps.sort((a, b) => usedAt(b) - usedAt(a)),
    ...(next === undefined ? {} : { next }),
  };
}

function connectedApp(
  { client, destinations, granted, since, lastUsedAt }: Connection,
  page: ConnectionPage,
  isVerified: (client: ClientView) => boolean,
): ConnectedApp {
  return {
    client: consentClient(client),
    destinations: destinations.map(({ display, kind }) => ({
      display: displayText(display),
      kind,
    })),
    groups: groupsOf(granted, page, () => ({})),
    since,
    ...(lastUsedAt === undefined ? {} : { lastUsedAt }),
    unverified: !client.firstParty && !isVerified(client),
  };
}
