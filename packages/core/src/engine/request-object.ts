import { createPublicKey } from 'node:crypto';
import { compactVerify, decodeProtectedHeader } from 'jose';
import type { Client } from '../authorize/clients.js';
import {
  type GivenJwk,
  keyFits,
  publicPart,
  type SigningAlgorithm,
  signingAlgorithms,
} from '../authorize/key-algorithm.js';
import { OAuthError } from '../errors.js';

type Claims = Readonly<Record<string, unknown>>;

// Longer than any way to the browser takes, and shorter than what somebody finds in an old log.
const longestSeconds = 3600;
const skewSeconds = 30;

// RFC 8725 §3.11: what the client's key signs for another purpose is no request.
const types: ReadonlySet<unknown> = new Set([
  undefined,
  'jwt',
  'oauth-authz-req+jwt',
  'application/oauth-authz-req+jwt',
]);

// About the object itself, and no parameters (RFC 9101 §4).
const ownClaims: ReadonlySet<string> = new Set(['iss', 'aud', 'exp', 'nbf', 'iat', 'jti', 'sub']);

/**
 * The parameters of a request object by value, once it is proven that the client made them for this server. They are all that counts:
 * what stands beside the object is not signed (RFC 9101 §6.3).
 *
 * Not for single use: a browser loads the address again, goes back, and is sent there once more by us. What is handed out for it is bound
 * to the client, its PKCE challenge and its `state` all the same.
 *
 * @throws {OAuthError} `invalid_request_object`
 * @see [RFC 9101 §6](https://www.rfc-editor.org/rfc/rfc9101.html#section-6) and
 * [OpenID Connect Core §6.1](https://openid.net/specs/openid-connect-core-1_0.html#JWTRequests)
 */
export async function openRequestObject(
  token: string,
  client: Client,
  { issuer, now }: { readonly issuer: string; readonly now: number },
): Promise<URLSearchParams> {
  const claims = await verify(token, client);
  const { client_id: clientId } = client.metadata;
  const { aud, exp, iat, iss, nbf, sub } = claims;
  if (iss !== clientId) refuse('iss must be the client_id');
  if (![aud].flat().includes(issuer)) refuse('aud must be the issuer');
  // JSON can say 1e999, which never ends.
  if (typeof exp !== 'number' || exp <= now - skewSeconds) refuse('exp is missing or over');
  if (exp > now + longestSeconds + skewSeconds) refuse('exp must be at most an hour ahead');
  for (const [name, from] of Object.entries({ nbf, iat })) {
    if (from !== undefined && (typeof from !== 'number' || from > now + skewSeconds)) {
      refuse(`${name} must not be in the future`);
    }
  }
  // RFC 9101 §10.8: it would be a client assertion too, and that one a request.
  if (sub === clientId) refuse('sub must not be the client_id');
  if (claims.client_id !== clientId) refuse('client_id must be the one of the request');
  for (const name of ['request', 'request_uri']) {
    if (claims[name] !== undefined) refuse(`${name} must not be in a request object`);
  }
  return asParams(claims);
}

async function verify(token: string, { metadata }: Client): Promise<Claims> {
  const { jwks, request_object_signing_alg: registered } = metadata;
  const { alg, crit, kid, typ } = headerOf(token);
  const allowed = registered === undefined ? signingAlgorithms : [registered];
  const algorithm = allowed.find((name) => name === alg);
  // Never `none`, and nothing symmetric: that key would be the stored hash of the secret.
  if (!algorithm) refuse(`alg must be ${allowed.join(' or ')}`);
  if (crit !== undefined) refuse('it has a critical extension');
  if (!types.has(typeof typ === 'string' ? typ.toLowerCase() : typ)) {
    refuse('typ must be oauth-authz-req+jwt');
  }
  // Keys come from the registration alone: `jwk`, `jku` and `x5c` of the header are the sender's own (RFC 8725 §3.10).
  for (const jwk of (jwks?.keys ?? []) as readonly GivenJwk[]) {
    if (kid !== undefined && jwk.kid !== undefined && jwk.kid !== kid) continue;
    if (!keyFits(jwk, algorithm)) continue;
    const payload = await verifiedBy(jwk, token, algorithm);
    if (payload) return claimsIn(payload);
  }
  return refuse('it is not signed by a key that the client has registered');
}

async function verifiedBy(
  jwk: GivenJwk,
  token: string,
  alg: SigningAlgorithm,
): Promise<Uint8Array | undefined> {
  try {
    const key = createPublicKey({ key: publicPart(jwk), format: 'jwk' });
    return (await compactVerify(token, key, { algorithms: [alg] })).payload;
  } catch {
    return undefined;
  }
}

function headerOf(token: string): Claims {
  try {
    return decodeProtectedHeader(token) as Claims;
  } catch {
    return refuse('it is no JWT');
  }
}

function claimsIn(payload: Uint8Array): Claims {
  try {
    const claims: unknown = JSON.parse(new TextDecoder('utf8', { fatal: true }).decode(payload));
    if (typeof claims === 'object' && claims !== null && !Array.isArray(claims)) {
      return claims as Claims;
    }
  } catch {
    // Said below.
  }
  return refuse('its claims are no JSON object');
}

// As they would stand in a query. `max_age` may be a number, `claims` is an object, `resource` may be a list. What has another shape
// becomes a text that no parameter takes; what is no parameter is ignored all the same (RFC 6749 §3.1).
function asParams(claims: Claims): URLSearchParams {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(claims)) {
    if (ownClaims.has(name)) continue;
    for (const one of name === 'resource' ? [value].flat() : [value]) {
      if (one !== null)
        params.append(name, typeof one === 'object' ? JSON.stringify(one) : String(one));
    }
  }
  return params;
}

function refuse(detail: string): never {
  throw new OAuthError('invalid_request_object', `the request object is refused: ${detail}`);
}
