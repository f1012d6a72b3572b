import { day, lifetime } from '../app/check-lifetime.js';
import { parseUrl } from '../app/parse-url.js';
import {
  type Check,
  type Checks,
  entriesOf,
  object,
  oneOf,
  readOptions,
  required,
  secret,
  text,
} from '../check.js';
import type { Place } from '../report.js';
import type { ResolvedResource } from '../resolved-options.js';
import { quote } from '../show-value.js';
import { checkClientId, checkClientSecret } from './check-credential.js';
import { checkPublicJwks } from './check-jwks.js';
import { isScopeName } from './check-scope.js';
import { isLoopback } from './clients.js';
import { signingAlgorithms } from './key-algorithm.js';
import type { ResourceOptions } from './options.js';

type AccessTokenOptions = NonNullable<ResourceOptions['accessToken']>;
type IntrospectionOptions = { client_id: string; client_secret?: string; jwks?: object };

const accessToken = {
  format: oneOf('jwt', 'opaque'),
  lifetimeSeconds: lifetime({ max: day }),
  alg: oneOf(...signingAlgorithms),
} satisfies Checks<AccessTokenOptions>;

const credential = {
  client_id: required(checkClientId, 'Set it to the name that the API introspects under.'),
  client_secret: checkClientSecret,
  jwks: checkPublicJwks,
} satisfies Checks<IntrospectionOptions>;

const checkIntrospection: Check<NonNullable<ResolvedResource['introspection']>> = (value, at) => {
  const { values, wrong } = readOptions(credential, value, at) ?? {};
  if (!values || !wrong) return undefined;
  const { client_id, ...credentials } = values;
  const count = Object.keys(credentials).length;
  if (count !== 1 && !wrong.has('client_secret') && !wrong.has('jwks')) {
    return at.problem(
      `must have either client_secret or jwks, got ${count === 0 ? 'neither' : 'both'}.`,
    );
  }
  return client_id === undefined ? undefined : { client_id, ...credentials };
};

const checkScopes: Check<ReadonlyMap<string, string>> = (value, at) => {
  const scopes = new Map<string, string>();
  for (const [name, words] of entriesOf(value, at, '{ "notes:read": "Read your notes" }') ?? []) {
    const place = at.at(name);
    if (!isScopeName(name)) {
      place.problem('is no scope name: use ASCII without spaces, quotes and backslashes.');
    } else if (name === 'openid' || name === 'offline_access') {
      place.problem('is a scope of OpenID Connect. An API cannot declare it.');
    } else {
      scopes.set(name, text(words, place) ?? '');
    }
  }
  return scopes;
};

const resource = {
  name: required(text, 'Set it to what people read on the consent page.'),
  scopes: required(checkScopes, 'Write { "notes:read": "Read your notes" }, or {}.'),
  accessToken: object(accessToken),
  introspection: secret(checkIntrospection),
} satisfies Checks<ResourceOptions>;

/** Checks the APIs. The result holds all of them, as far as they are right, for the checks that follow. */
export const checkResources: Check<ReadonlyMap<string, ResolvedResource>> = (value, at) => {
  const resources = new Map<string, ResolvedResource>();
  const example = '{ "https://acme.example/api": { name: …, scopes: … } }';
  for (const [identifier, options] of entriesOf(value, at, example) ?? []) {
    const place = at.at(identifier);
    checkIdentifier(identifier, place);
    const values = readOptions(resource, options, place)?.values ?? {};
    const format = values.accessToken?.format ?? 'jwt';
    const given = values.accessToken?.lifetimeSeconds;
    resources.set(identifier, {
      identifier,
      name: values.name ?? '',
      scopes: values.scopes ?? new Map(),
      format,
      lifetimeSeconds: given ?? (format === 'jwt' ? 600 : 3600),
      machineLifetimeSeconds: given ?? 600,
      alg: values.accessToken?.alg ?? 'ES256',
      ...(values.introspection && { introspection: values.introspection }),
    });
  }
  return resources;
};

/** Says which resource each scope belongs to, and reports a scope of two: a client need not say which one it means. */
export function checkScopeOwners(
  resources: ReadonlyMap<string, ResolvedResource>,
  at: Place,
): ReadonlyMap<string, string> {
  const owners = new Map<string, string>();
  for (const { identifier, scopes } of resources.values()) {
    for (const scope of scopes.keys()) {
      const owner = owners.get(scope);
      if (owner !== undefined) {
        at.at(identifier)
          .at('scopes')
          .at(scope)
          .problem(`belongs to ${quote(owner)} too. Rename one: a scope belongs to one resource.`);
      } else {
        owners.set(scope, identifier);
      }
    }
  }
  return owners;
}

// RFC 8707 §2: an absolute URI without fragment. Its metadata lies at a URL that is made from it, and a challenge names that
// (RFC 9728 §3, §5.1), so it is one that the guard takes too.
function checkIdentifier(identifier: string, at: Place): void {
  const url = parseUrl(identifier);
  const isHost = /^[^/:]+:\d+(?:[/?#]|$)/.test(identifier);
  if (!url || isHost || /[^\x21\x23-\x5b\x5d-\x7e]/.test(identifier)) {
    at.problem('must be an absolute URI. Write it like "https://acme.example/api".');
  } else if (identifier.includes('#')) {
    at.problem('must not have a fragment. Leave out the # and what follows.');
  } else if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    at.problem(
      'must be an https: URL, or http: on a loopback address: its metadata is found there (RFC 9728 §3).',
    );
  } else if (identifier.includes('?')) {
    at.problem('must not have a query. Leave out the ? and what follows.');
  } else if (url.username || url.password) {
    at.problem('must not hold a user name or password. Leave out what stands before the @.');
  }
}
