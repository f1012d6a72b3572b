import type { IncomingMessage } from 'node:http';
import type { GuardErrorCode } from './guard-error.js';
import { missingMember, otherIssuerIfNamed, otherTokenType } from './introspection-faults.js';
import {
  malformedToken,
  missingToken,
  repeatedHeader,
  tokenOutsideHeader,
} from './request-faults.js';
import {
  clientNotAllowed,
  missingScope,
  otherAuthenticationClass,
  type RouteSubject,
  revokedToken,
  staleAuthentication,
  unknownBinding,
} from './route-faults.js';
import {
  badSignature,
  criticalExtension,
  forbiddenAlgorithm,
  missingClaim,
  otherAudience,
  otherIssuer,
  otherType,
  outOfTime,
  type TokenSubject,
  unreadable,
} from './token-faults.js';

/** Says in words for the client developer what is wrong; nothing when all is well. */
export type Fault<S> = (subject: S) => string | undefined | Promise<string | undefined>;

export type Check<S> = readonly [
  name: string,
  error: GuardErrorCode | undefined,
  jwt: Fault<S> | undefined,
  opaque: Fault<S> | undefined,
];

const ____ = undefined;

// The order of the checks, from the first line of this file's tables to the last, is the precedence of their errors, and a
// test holds it. What costs least and what an attacker controls most comes first; what only the route decides comes last.

/** The request, before its token is looked at. */
// biome-ignore format: the columns are aligned by hand
export const requestChecks: readonly Check<IncomingMessage>[] = [
  // check                   error                                  JWT                       opaque
  ['once',                   'invalid_request',                     repeatedHeader,           repeatedHeader],
  ['header only',            'invalid_request',                     tokenOutsideHeader,       tokenOutsideHeader],
];

/** What the header brought, before it is known to be a token. */
// biome-ignore format: the columns are aligned by hand
export const presentedChecks: readonly Check<string | undefined>[] = [
  ['present',                ____,                                  missingToken,             missingToken],
  ['well formed',            'invalid_request',                     malformedToken,           malformedToken],
];

/** The token itself. A JWT that passed is remembered, so these run once for it. */
// biome-ignore format: the columns are aligned by hand
export const tokenChecks: readonly Check<TokenSubject>[] = [
  ['readable',               'invalid_token',                       unreadable,               unreadable],
  ['type',                   'invalid_token',                       otherType,                otherTokenType],
  ['extensions',             'invalid_token',                       criticalExtension,        ____],
  ['algorithm',              'invalid_token',                       forbiddenAlgorithm,       ____],
  ['signature',              'invalid_token',                       badSignature,             ____],
  ['issuer',                 'invalid_token',                       otherIssuer,              otherIssuerIfNamed],
  ['audience',               'invalid_token',                       otherAudience,            otherAudience],
  ['time',                   'invalid_token',                       outOfTime,                outOfTime],
  ['claims',                 'invalid_token',                       missingClaim,             missingMember],
];

/** The token on this route, now: for every request, remembered or not. An introspection was asked about revocation already. */
// biome-ignore format: the columns are aligned by hand
export const routeChecks: readonly Check<RouteSubject>[] = [
  ['revocation',             'invalid_token',                       revokedToken,             ____],
  ['sender constraint',      'invalid_token',                       unknownBinding,           unknownBinding],
  ['kind',                   'insufficient_scope',                  clientNotAllowed,         clientNotAllowed],
  ['scope',                  'insufficient_scope',                  missingScope,             missingScope],
  ['authentication class',   'insufficient_user_authentication',    otherAuthenticationClass, otherAuthenticationClass],
  ['authentication age',     'insufficient_user_authentication',    staleAuthentication,      staleAuthentication],
];
