import { jwtVerify } from 'jose';
import type { Clock } from '../clock.js';
import type { SigningKeys } from '../issue/keys.js';
import { loadEpoch } from '../issue/epochs.js';
import { hashOf } from '../secrets.js';
import { accountEpochOf, sessionOf } from './kinds.js';
import type { Payload, RecordCodec } from './records.js';
import { verifyByKeys } from './reach-store.js';
import type { UnitOfWork } from './unit-of-work.js';

const jwtSyntax = /^[\w-]+\.[\w-]+\.[\w-]+$/;
const standardClaims = new Set([
  'iss',
  'sub',
  'aud',
  'exp',
  'iat',
  'nbf',
  'jti',
  'client_id',
  'scope',
  'cnf',
]);

/** A value that no token has: the engine answers about it as about any unknown token. */
const unknownToken = 'unknown';

/**
 * The engine refuses structured tokens at introspection and revocation. A JWT of ours is verified here; the engine then gets
 * its `jti` as the token and finds the record that we put in front of the store, and stays in charge of client authentication
 * and policy.
 *
 * @returns what the engine shall see as the `token` parameter
 */
export async function presentJwt(
  unit: UnitOfWork,
  token: string,
  parts: { issuer: string; keys: SigningKeys; codec: RecordCodec; clock: Clock },
): Promise<string> {
  // An opaque token of ours has no dot.
  if (!token.includes('.')) return token;
  const claims = jwtSyntax.test(token) ? await verify(token, parts) : undefined;
  if (!claims) return unknownToken;
  const { jti } = claims;
  const machine = claims.sub_type === 'client';
  const kind = machine ? 'ClientCredentials' : 'AccessToken';
  const clientId = String(claims.client_id);
  // The session is fetched with its grant, and the engine looks at it next.
  const isBound = claims.session_bound === true;
  const relations = isBound ? [accountEpochOf, sessionOf] : [accountEpochOf];
  const [revocation, grant, revokedEpoch] = await Promise.all([
    unit.find('Revocation', { id: `token:${jti}` }),
    machine ? undefined : unit.find('Grant', { id: String(claims.grant_id) }, relations),
    // No grant dies with a machine's client, and this node may not have heard of its revocation yet.
    machine ? loadEpoch(unit, 'ClientEpoch', clientId) : 0,
  ]);
  const epoch = typeof claims.client_epoch === 'number' ? claims.client_epoch : 0;
  if (revocation || (machine ? epoch < revokedEpoch : !grant)) return unknownToken;
  const payload: Payload = {
    kind,
    clientId: claims.client_id,
    aud: claims.aud,
    scope: claims.scope,
    iat: claims.iat,
    exp: claims.exp as number,
    extra: Object.fromEntries(Object.entries(claims).filter(([name]) => !standardClaims.has(name))),
    ...(grant ? { accountId: grant.keys.accountId, grantId: grant.id } : {}),
    ...(grant && isBound
      ? { expiresWithSession: true, sessionUid: grant.keys.sessionUid ?? '' }
      : {}),
  };
  const id = hashOf(jti);
  const keys = { clientId };
  unit.pretend({
    ...parts.codec.encode(kind, id, { payload, meta: { clientEpoch: epoch } }, keys),
    revision: 0,
  });
  unit.notes.presentedJwt = { kind, id, tokenId: jti };
  return jti;
}

// What is no token of ours is answered as an unknown one (RFC 7662 §2.2).
function verify(
  token: string,
  { issuer, keys, clock }: { issuer: string; keys: SigningKeys; clock: Clock },
): Promise<(Record<string, unknown> & { jti: string }) | undefined> {
  const currentDate = new Date(clock.now() * 1000);
  const expected = { issuer, typ: 'at+jwt', currentDate, requiredClaims: ['jti'] };
  return verifyByKeys(keys, async (keyOf) => {
    const { payload } = await jwtVerify(token, keyOf, expected);
    return payload as Record<string, unknown> & { jti: string };
  });
}
