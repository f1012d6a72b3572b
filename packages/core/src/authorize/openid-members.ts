import { day, lifetime } from '../app/check-lifetime.js';
import type { Logger } from '../app/logger.js';
import { parseUrl } from '../app/parse-url.js';
import { boolean, type Check, list, oneOf, text } from '../check.js';
import type { OpenidSettings } from '../engine/openid-settings.js';
import { quote } from '../show-value.js';
import { checkRedirectUris } from './check-redirect-uri.js';
import { checkWebUri } from './check-web-uri.js';
import { type SigningAlgorithm, signingAlgorithms } from './key-algorithm.js';
import type { ClientOptions } from './options.js';
import { type AddressRules, createAddressRule, isClosedHost } from '../public-address.js';
import { sectorHosts, sectorOf, type SubjectType } from './sector.js';

type OpenidMember =
  | 'id_token_signed_response_alg'
  | 'userinfo_signed_response_alg'
  | 'post_logout_redirect_uris'
  | 'backchannel_logout_uri'
  | 'backchannel_logout_session_required'
  | 'subject_type'
  | 'sector_identifier_uri'
  | 'default_max_age'
  | 'require_auth_time'
  | 'default_acr_values'
  | 'claimsInIdToken'
  | 'pkce'
  | 'dangerouslyOmitNonce';

// Registration 1.0 §5: https, and its host is what counts.
const checkSectorUri: Check<string> = (value, at) => {
  const url = parseUrl(value);
  return url?.protocol === 'https:' && !url.username && !url.password
    ? String(value)
    : at.problem(`must be an https: URL, got ${at.show(value)}.`);
};

// Back-Channel Logout §2.2
const checkLogoutUri: Check<string> = (value, at) =>
  String(value).includes('#')
    ? at.problem(`must not have a fragment, got ${at.show(value)}.`)
    : checkWebUri(value, at);

type OpenidChecks = { readonly [Name in OpenidMember]: Check<NonNullable<ClientOptions[Name]>> };

/** Members of a client that only mean something with OpenID Connect (Dynamic Registration 1.0 §2, RP-Initiated and Back-Channel Logout 1.0). */
export const openidMembers: OpenidChecks = {
  id_token_signed_response_alg: oneOf(...signingAlgorithms),
  userinfo_signed_response_alg: oneOf(...signingAlgorithms),
  post_logout_redirect_uris: checkRedirectUris('post_logout_redirect_uris'),
  backchannel_logout_uri: checkLogoutUri,
  backchannel_logout_session_required: boolean,
  subject_type: oneOf('public', 'pairwise'),
  sector_identifier_uri: checkSectorUri,
  default_max_age: lifetime({ min: 0, max: 3650 * day }),
  require_auth_time: boolean,
  default_acr_values: list(text, "['urn:acme:mfa']"),
  claimsInIdToken: boolean,
  pkce: boolean,
  dangerouslyOmitNonce: boolean,
};

/** What a server that speaks OpenID Connect can do for a client. */
export interface OpenidTerms {
  readonly algorithms: ReadonlySet<SigningAlgorithm>;
  readonly acrValues: readonly string[];
  /** Where the server's own requests may go. */
  readonly outbound: AddressRules;
  /** What a client has that says no `subject_type`. */
  readonly subject: SubjectType;
}

/** The terms of a server by its settings, its keys and its networks. */
export function openidTerms(
  { acrValues, subject }: Pick<OpenidSettings, 'acrValues' | 'subject'>,
  { algorithms, outbound }: Pick<OpenidTerms, 'algorithms' | 'outbound'>,
): OpenidTerms {
  return { algorithms, acrValues, outbound, subject };
}

/** What is wrong with a client's OpenID members on this server: each member, and the words. */
export function openidProblems(
  client: Pick<ClientOptions, OpenidMember | 'redirect_uris'>,
  terms: OpenidTerms | undefined,
): readonly (readonly [member: OpenidMember | 'redirect_uris', message: string])[] {
  if (!terms) {
    const given = (Object.keys(openidMembers) as OpenidMember[]).filter(
      (name) => client[name] !== undefined,
    );
    return given.map((name) => [
      name,
      'is of OpenID Connect, which this server does not speak. Add openidConnect({ … }) to the plugins, or remove it.',
    ]);
  }
  const { algorithms, acrValues, outbound, subject } = terms;
  const logoutUrl = parseUrl(client.backchannel_logout_uri);
  const keyless = (
    ['id_token_signed_response_alg', 'userinfo_signed_response_alg'] as const
  ).filter((name) => client[name] !== undefined && !algorithms.has(client[name]));
  const unreached = client.default_acr_values?.find((acr) => !acrValues.includes(acr));
  return [
    ...sectorProblems(client, subject),
    ...keyless.map(
      (name) =>
        [name, `asks for ${quote(client[name] ?? '')}, and there is no key for it.`] as const,
    ),
    ...(logoutUrl && isClosedHost(logoutUrl, createAddressRule(outbound))
      ? ([
          [
            'backchannel_logout_uri',
            `leads to ${quote(logoutUrl.host)}, where this server sends nothing by itself. In development, outbound: { allowLoopback: true } opens this machine; outbound: { allowNetworks: [ … ] } opens networks of yours.`,
          ],
        ] as const)
      : []),
    ...(unreached === undefined
      ? []
      : ([
          [
            'default_acr_values',
            `names ${quote(unreached)}, which no login reaches. Name it in openidConnect({ acr: [ … ] }), or remove it.`,
          ],
        ] as const)),
  ];
}

// OpenID Connect Core §8.1
function sectorProblems(
  client: Pick<ClientOptions, 'subject_type' | 'sector_identifier_uri' | 'redirect_uris'>,
  standard: SubjectType,
): readonly (readonly ['redirect_uris', string])[] {
  const { subject_type = standard, redirect_uris = [] } = client;
  // Without a redirect URI nobody logs in to it.
  if (subject_type !== 'pairwise' || redirect_uris.length === 0 || sectorOf(client)) return [];
  const hosts = sectorHosts(redirect_uris).map((host) => (host === '' ? 'none' : host));
  return [
    [
      'redirect_uris',
      `say no sector, which a pairwise client needs: one host of its own. Theirs: ${hosts.join(', ')}. Write sector_identifier_uri, an https: URL on a host that is the client's, or subject_type: 'public'.`,
    ],
  ];
}

/** Says at each start which clients are held to less than the others. */
export function logLoosened(clients: readonly ClientOptions[], logger: Logger): void {
  for (const { client_id, pkce, dangerouslyOmitNonce, claimsInIdToken } of clients) {
    if (pkce === false) {
      const needs = dangerouslyOmitNonce
        ? 'and may leave the nonce out too'
        : 'and must send a nonce';
      logger.warn({ client_id }, `a client may leave PKCE out of OpenID requests, ${needs}`);
    }
    if (claimsInIdToken) {
      logger.warn({ client_id }, 'ID tokens of a client hold what userinfo says');
    }
  }
}
