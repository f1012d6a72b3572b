import { parseUrl } from '../app/parse-url.js';
import {
  boolean,
  type Check,
  type Checks,
  list,
  type Members,
  oneOf,
  readOptions,
  required,
  secret,
  text,
  type Values,
} from '../check.js';
import type { Place } from '../report.js';
import type { ResolvedClient } from '../resolved-options.js';
import { checkClientId, checkClientSecret } from './check-credential.js';
import { checkPublicJwks } from './check-jwks.js';
import { checkRedirectUris } from './check-redirect-uri.js';
import { checkScope } from './check-scope.js';
import { checkWebUri } from './check-web-uri.js';
import { clientAuthMethods, grantTypes } from './client-methods.js';
import { type ClientFacts, clientRules } from './client-rules.js';
import { openidMembers } from './openid-members.js';
import type { ClientAuthMethod, ClientOptions } from './options.js';
import { requestMembers } from './request-members.js';

const client = {
  client_id: required(checkClientId, 'Set it to the name that the client is known by.'),
  client_name: text,
  client_secret: checkClientSecret,
  token_endpoint_auth_method: oneOf(...clientAuthMethods),
  jwks: secret(checkPublicJwks),
  redirect_uris: checkRedirectUris('redirect_uris'),
  grant_types: list(oneOf(...grantTypes), "['authorization_code']"),
  scope: checkScope,
  application_type: oneOf('web', 'native'),
  client_uri: checkWebUri,
  logo_uri: checkWebUri,
  policy_uri: checkWebUri,
  tos_uri: checkWebUri,
  contacts: list(text, "['security@acme.example']"),
  ...openidMembers,
  ...requestMembers,
  firstParty: boolean,
  rotate: boolean,
} satisfies Checks<ClientOptions>;

type Given = Values<typeof client>;

/** Checks the static clients; `declared` are the scopes of all resources, which a first-party client gets by default. */
export function checkClients(declared: readonly string[]): Check<readonly ResolvedClient[]> {
  return list(checkClient(declared), '[{ client_id: …, … }], or [] for none');
}

/** Checks one client, as the options are checked. */
export function checkClient(declared: readonly string[]): Check<ResolvedClient> {
  return (value, at) => {
    const given = readOptions(client, value, at);
    return given && resolveClient(given, at, declared);
  };
}

function resolveClient(
  { values, wrong }: Members<typeof client>,
  at: Place,
  declared: readonly string[],
): ResolvedClient {
  const facts = factsOf(values, declared);
  for (const { at: member, reads, isBroken, message } of clientRules) {
    if (reads.some((name) => wrong.has(name)) || !isBroken(facts)) continue;
    (member ? at.at(member) : at).problem(message(facts));
  }
  if (values.dangerouslyOmitNonce) {
    at.at('dangerouslyOmitNonce').unsafe(
      'no-nonce',
      'lets a code that leaked be used by whoever has it: neither PKCE nor a nonce binds it to a browser.',
    );
  }
  const { redirect_uris = [], scope = declared.join(' '), rotate = true } = values;
  return {
    ...values,
    client_id: values.client_id ?? '',
    token_endpoint_auth_method: facts.method,
    redirect_uris,
    grant_types: facts.grants,
    scope,
    ...(values.scope === undefined && values.firstParty ? { everyScope: true as const } : {}),
    application_type: facts.type,
    firstParty: values.firstParty ?? false,
    rotate,
  };
}

function factsOf(values: Given, declared: readonly string[]): ClientFacts {
  const redirects = (values.redirect_uris ?? []).flatMap((uri) => parseUrl(uri) ?? []);
  const method = values.token_endpoint_auth_method ?? defaultMethod(values);
  const isLogin = redirects.length > 0;
  return {
    ...values,
    method,
    grants:
      values.grant_types ??
      (isLogin ? ['authorization_code', 'refresh_token'] : ['client_credentials']),
    redirects,
    type: values.application_type ?? typeOf(redirects, method),
    declared,
  };
}

function defaultMethod({ client_secret, jwks }: Given): ClientAuthMethod {
  return jwks && !client_secret ? 'private_key_jwt' : 'client_secret_basic';
}

// RFC 8252 §7: an app on a device is reached by a scheme of its own, or by the loopback interface as an IP literal. A
// browser app under development sits on localhost, or is one of several origins; it stays `web` and its port closed.
function typeOf(redirects: readonly URL[], method: ClientAuthMethod): 'web' | 'native' {
  if (redirects.some(({ protocol }) => !/^https?:$/.test(protocol))) return 'native';
  const isLiteral = ({ protocol, hostname }: URL) =>
    protocol === 'http:' && ['127.0.0.1', '[::1]'].includes(hostname);
  const isApp = method === 'none' && redirects.length > 0 && redirects.every(isLiteral);
  return isApp ? 'native' : 'web';
}
