import { day, lifetime } from '../app/check-lifetime.js';
import type { Logger } from '../app/logger.js';
import { boolean, type Check, list, oneOf, text } from '../check.js';
import { quote } from '../show-value.js';
import { checkRedirectUris } from './check-redirect-uri.js';
import { type SigningAlgorithm, signingAlgorithms } from './key-algorithm.js';
import type { ClientOptions } from './options.js';

type OpenidMember =
  | 'id_token_signed_response_alg'
  | 'userinfo_signed_response_alg'
  | 'post_logout_redirect_uris'
  | 'default_max_age'
  | 'require_auth_time'
  | 'default_acr_values'
  | 'claimsInIdToken'
  | 'pkce'
  | 'dangerouslyOmitNonce';

type OpenidChecks = { readonly [Name in OpenidMember]: Check<NonNullable<ClientOptions[Name]>> };

/** Members of a client that only mean something with OpenID Connect (Dynamic Registration 1.0 §2, RP-Initiated Logout 1.0 §3.1). */
export const openidMembers: OpenidChecks = {
  id_token_signed_response_alg: oneOf(...signingAlgorithms),
  userinfo_signed_response_alg: oneOf(...signingAlgorithms),
  post_logout_redirect_uris: checkRedirectUris('post_logout_redirect_uris'),
  default_max_age: lifetime({ min: 0, max: 3650 * day }),
  require_auth_time: boolean,
  default_acr_values: list(text),
  claimsInIdToken: boolean,
  pkce: boolean,
  dangerouslyOmitNonce: boolean,
};

/** What a server that speaks OpenID Connect can do for a client. */
export interface OpenidTerms {
  readonly algorithms: ReadonlySet<SigningAlgorithm>;
  readonly acrValues: readonly string[];
}

/** What is wrong with a client's OpenID members on this server: each member, and the words. */
export function openidProblems(
  client: Pick<ClientOptions, OpenidMember>,
  terms: OpenidTerms | undefined,
): readonly (readonly [member: OpenidMember, message: string])[] {
  if (!terms) {
    const given = (Object.keys(openidMembers) as OpenidMember[]).filter(
      (name) => client[name] !== undefined,
    );
    return given.map((name) => [
      name,
      'is of OpenID Connect, which this server does not speak. Add openidConnect({ … }) to the plugins, or remove it.',
    ]);
  }
  const { algorithms, acrValues } = terms;
  const keyless = (
    ['id_token_signed_response_alg', 'userinfo_signed_response_alg'] as const
  ).filter((name) => client[name] !== undefined && !algorithms.has(client[name]));
  const unreached = client.default_acr_values?.find((acr) => !acrValues.includes(acr));
  return [
    ...keyless.map(
      (name) =>
        [name, `asks for ${quote(client[name] ?? '')}, and there is no key for it.`] as const,
    ),
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
