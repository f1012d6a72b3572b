import {
  type AccountView,
  type ClientView,
  clientName,
  type ConsentDecision,
  type Destination,
  displayText,
  imageUrl,
  type InteractionView,
  linkUrl,
} from '@gatehouse/core';

/** The client as the consent page shows it. */
export interface ConsentClient {
  readonly client_id: string;
  /** Fit to stand in a sentence; it is still text that the client chose. */
  readonly name: string;
  /** Host of `client_uri`. */
  readonly host?: string;
  readonly client_uri?: string;
  /** https only. */
  readonly logo_uri?: string;
  readonly policy_uri?: string;
  readonly tos_uri?: string;
}

/** One scope in words. */
export interface ConsentScope {
  readonly name: string;
  readonly description: string;
  readonly checked: boolean;
  /** Goes with Allow and has no checkbox. */
  readonly fixed: boolean;
}

/** The scopes of one API. */
export interface ConsentGroup {
  /** Its identifier, or `''` for scopes that belong to no API. */
  readonly resource: string;
  readonly name: string;
  readonly scopes: readonly ConsentScope[];
}

/** What the consent page shows, and what a host's own front end gets as JSON. */
export interface ConsentPageData {
  /** `ask` lists the scopes. `continue` asks for one press, because all of them were answered before. */
  readonly mode: 'ask' | 'continue';
  readonly client: ConsentClient;
  readonly account?: AccountView;
  readonly destination: Destination;
  readonly groups: readonly ConsentGroup[];
  /** Nobody but the client itself vouches for its name. */
  readonly unverified: boolean;
  readonly reasons: readonly string[];
}

/** How {@link consentData} reads an interaction. */
export interface ConsentDataOptions {
  readonly isVerified: (client: ClientView) => boolean;
  readonly fixedScopes: ReadonlySet<string>;
}

/** Everything that the page shows, as plain data. */
export function consentData(
  interaction: InteractionView,
  { isVerified, fixedScopes }: ConsentDataOptions,
): ConsentPageData {
  const { client, account, destination, requested, reasons } = interaction;
  const before = priorAnswer(interaction);
  const groups = groupsOf(requested, interaction, (resource, name) => ({
    checked: fixedScopes.has(name) || before(resource, name) !== 'rejected',
    fixed: fixedScopes.has(name),
  }));
  return {
    mode: answeredBefore(interaction) === undefined ? 'ask' : 'continue',
    client: consentClient(client),
    ...(account
      ? { account: { accountId: account.accountId, label: displayText(account.label) } }
      : {}),
    destination: { ...destination, display: displayText(destination.display) },
    groups,
    unverified: !client.firstParty && !isVerified(client),
    reasons,
  };
}

/**
 * The decision that stands already, when nothing new is asked: the press is then for the way back alone (RFC 8252 §8.6), and must
 * not turn a scope that was refused before into a granted one.
 */
export function answeredBefore(interaction: InteractionView): ConsentDecision | undefined {
  const { client, params, priorConsent, requested } = interaction;
  if (params.prompt?.split(' ').includes('consent')) return undefined;
  if (client.firstParty && priorConsent === undefined) return splitScopes(requested, () => true);
  const before = priorAnswer(interaction);
  const open = Object.entries(requested).some(([resource, scopes]) =>
    scopes.some((name) => before(resource, name) === undefined),
  );
  return open
    ? undefined
    : splitScopes(requested, (resource, name) => before(resource, name) === 'granted');
}

/** Answers every scope that was asked, and no other. */
export function splitScopes(
  requested: InteractionView['requested'],
  isGranted: (resource: string, name: string) => boolean,
): ConsentDecision {
  const pick = (wanted: boolean): Record<string, readonly string[]> =>
    Object.fromEntries(
      Object.entries(requested).map(([resource, scopes]) => [
        resource,
        scopes.filter((name) => isGranted(resource, name) === wanted),
      ]),
    );
  return { granted: pick(true), rejected: pick(false) };
}

// A no to everything is no answer to build on: the client was refused then, and asks again now.
function priorAnswer({
  priorConsent,
  requested,
}: InteractionView): (resource: string, name: string) => 'granted' | 'rejected' | undefined {
  const isIn = (part: 'granted' | 'rejected', resource: string, name: string): boolean =>
    priorConsent?.[part][resource]?.includes(name) === true;
  const anyGranted = Object.entries(requested).some(([resource, scopes]) =>
    scopes.some((name) => isIn('granted', resource, name)),
  );
  return (resource, name) => {
    if (!anyGranted) return undefined;
    if (isIn('granted', resource, name)) return 'granted';
    return isIn('rejected', resource, name) ? 'rejected' : undefined;
  };
}

/** Scopes in the words of the options, by resource; `''` stands for none. `more` adds what a page wants to know of each. */
export function groupsOf<More extends object>(
  scopesOf: InteractionView['requested'],
  { scopeTexts, resourceNames }: Pick<InteractionView, 'scopeTexts' | 'resourceNames'>,
  more: (resource: string, name: string) => More,
): { resource: string; name: string; scopes: ({ name: string; description: string } & More)[] }[] {
  return Object.entries(scopesOf)
    .filter(([, scopes]) => scopes.length > 0)
    .map(([resource, scopes]) => ({
      resource,
      name: resourceNames[resource] ?? (resource === '' ? 'Your account' : resource),
      scopes: scopes.map((name) => ({
        name,
        description: scopeTexts[name] ?? name,
        ...more(resource, name),
      })),
    }));
}

/** A client as pages show it. */
export function consentClient(client: ClientView): ConsentClient {
  const web = (url: string | undefined): string | undefined => {
    const href = linkUrl(url);
    return href?.startsWith('https:') || href?.startsWith('http:') ? href : undefined;
  };
  const [client_uri, policy_uri, tos_uri] = [
    web(client.client_uri),
    web(client.policy_uri),
    web(client.tos_uri),
  ];
  const logo_uri = imageUrl(client.logo_uri);
  return {
    client_id: client.client_id,
    name: clientName(client),
    ...(client_uri ? { client_uri, host: new URL(client_uri).host } : {}),
    ...(logo_uri?.startsWith('https:') ? { logo_uri } : {}),
    ...(policy_uri ? { policy_uri } : {}),
    ...(tos_uri ? { tos_uri } : {}),
  };
}
