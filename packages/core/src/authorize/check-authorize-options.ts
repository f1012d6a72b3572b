import { type Checks, readMembers, required } from '../check.js';
import type { Place } from '../report.js';
import type { ResolvedOptions } from '../resolved-options.js';
import { quote } from '../show-value.js';
import { checkAccounts } from './check-accounts.js';
import { checkClients } from './check-clients.js';
import { checkResources, checkScopeOwners } from './check-resources.js';
import type { AuthorizeOptions, ResourcesOptions } from './options.js';

type Options = AuthorizeOptions<unknown, ResourcesOptions>;
type ResolvedAuthorize = Pick<ResolvedOptions, 'accounts' | 'resources' | 'scopeOwner' | 'clients'>;

const checks = {
  accounts: required(checkAccounts, 'Write { find: (id: string) => …, id: (account) => … }.'),
  resources: required(checkResources, 'Name the APIs that take access tokens, or write {}.'),
} satisfies Checks<Omit<Options, 'clients'>>;

const clientChecks = (declared: readonly string[]) =>
  ({ clients: checkClients(declared) }) satisfies Checks<Pick<Options, 'clients'>>;

/** The names of the options that {@link checkAuthorizeOptions} reads. */
export const authorizeOptionNames: readonly string[] = [...Object.keys(checks), 'clients'];

/** Checks who may ask, and for what. What is wrong is reported, and stands as empty in the result. */
export function checkAuthorizeOptions(options: object, at: Place): ResolvedAuthorize {
  const { accounts = { find: () => undefined, id: () => '' }, resources = new Map() } =
    readMembers(checks, options, at)?.values ?? {};
  const scopeOwner = checkScopeOwners(resources, at.at('resources'));
  const declared = [...scopeOwner.keys()];
  const { clients = [] } = readMembers(clientChecks(declared), options, at)?.values ?? {};
  checkClientIds({ resources, clients }, at);
  return { accounts, resources, scopeOwner, clients };
}

// A resource's own credential is a client to the engine, so it must not share a name with one.
function checkClientIds(
  { resources, clients }: Pick<ResolvedAuthorize, 'resources' | 'clients'>,
  at: Place,
): void {
  const owners = new Map<string, string>();
  function claim(clientId: string | undefined, place: Place): void {
    if (!clientId) return;
    const owner = owners.get(clientId);
    if (owner !== undefined) {
      place.problem(`is the name of ${owner} too, got ${quote(clientId)}. Give each its own.`);
    } else {
      owners.set(clientId, place.path);
    }
  }
  for (const [index, { client_id }] of clients.entries()) {
    claim(client_id, at.at('clients').at(index).at('client_id'));
  }
  for (const { identifier, introspection } of resources.values()) {
    const place = at.at('resources').at(identifier).at('introspection').at('client_id');
    claim(introspection?.client_id, place);
  }
}
