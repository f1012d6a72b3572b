import { boolean, type Check, oneOf } from '../check.js';
import { quote } from '../show-value.js';
import { type GivenJwk, keyFits, signingAlgorithms } from './key-algorithm.js';
import type { Features } from '../plugin.js';
import type { ClientOptions } from './options.js';

type RequestMember =
  | 'request_object_signing_alg'
  | 'require_signed_request_object'
  | 'require_pushed_authorization_requests';

type RequestChecks = { readonly [Name in RequestMember]: Check<NonNullable<ClientOptions[Name]>> };

/** Members of a client about how its authorization requests come (RFC 9101 §10.5, RFC 9126 §6, OpenID Connect Registration §2). */
export const requestMembers: RequestChecks = {
  request_object_signing_alg: oneOf(...signingAlgorithms),
  require_signed_request_object: boolean,
  require_pushed_authorization_requests: boolean,
};

/** How requests can come on this server, beside the query. */
export interface RequestTerms {
  readonly requestObjects: boolean;
  readonly pushedRequests: boolean;
}

/** The terms of a server by the features that it has. */
export function requestTerms({
  requestObjects,
  pushedRequests,
}: Partial<Pick<Features, keyof RequestTerms>>): RequestTerms {
  return {
    requestObjects: requestObjects !== undefined,
    pushedRequests: pushedRequests !== undefined,
  };
}

/** Whether a client signs its requests: then it has keys, whatever it authenticates with. */
export function signsRequests(client: Partial<ClientOptions>): boolean {
  return (
    client.request_object_signing_alg !== undefined || client.require_signed_request_object === true
  );
}

/** What is wrong with these members on this server: each member, and the words. */
export function requestProblems(
  client: Pick<ClientOptions, RequestMember | 'jwks'>,
  { requestObjects, pushedRequests }: RequestTerms,
): readonly (readonly [member: RequestMember, message: string])[] {
  const needs = {
    request_object_signing_alg: requestObjects ? undefined : 'requestObjects',
    require_signed_request_object: requestObjects ? undefined : 'requestObjects',
    require_pushed_authorization_requests: pushedRequests ? undefined : 'pushedRequests',
  } as const;
  const problems: [RequestMember, string][] = [];
  for (const member of Object.keys(needs) as RequestMember[]) {
    const feature = needs[member];
    if (feature === undefined || !client[member]) continue;
    const message = `needs the feature ${feature}, which is off. Write openidConnect({ ${feature}: true }), or remove it.`;
    problems.push([member, message]);
  }
  const { request_object_signing_alg: alg, jwks } = client;
  const keys = (jwks?.keys ?? []) as readonly GivenJwk[];
  if (alg !== undefined && jwks && !keys.some((key) => keyFits(key, alg))) {
    problems.push([
      'request_object_signing_alg',
      `is ${quote(alg)}, and jwks has no key for it. Add one, or remove it.`,
    ]);
  }
  return problems;
}
