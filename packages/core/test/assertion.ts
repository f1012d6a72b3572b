import { randomUUID } from 'node:crypto';
import type { ClientOptions } from '@gatehouse/core';
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { type HostOptions, startHost, type TestHost } from './host.js';
import { send } from './machine-client.js';
import type { Answer } from './oauth-client.js';

/** A client's key pair: what it signs with, and what it registers. */
export interface ClientKey {
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly jwks: { readonly keys: readonly object[] };
}

/** Makes a key for `private_key_jwt`. */
export async function clientKey(alg = 'ES256'): Promise<ClientKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), alg, use: 'sig', kid: `the-${alg}-key` };
  return { alg, privateKey, jwks: { keys: [jwk] } };
}

/** The claims of an assertion that is right; `more` changes them, `undefined` takes one away. */
export function assertionClaims(
  host: TestHost,
  clientId: string,
  more: Record<string, unknown> = {},
): Record<string, unknown> {
  const now = Math.floor(Date.now() / 1000);
  const claims: Record<string, unknown> = {
    iss: clientId,
    sub: clientId,
    aud: host.issuer,
    jti: randomUUID(),
    iat: now,
    exp: now + 60,
    ...more,
  };
  for (const name of Object.keys(claims)) if (claims[name] === undefined) delete claims[name];
  return claims;
}

/** Signs an assertion. */
export function assertion(
  { alg, privateKey }: Pick<ClientKey, 'alg' | 'privateKey'>,
  claims: Record<string, unknown>,
): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg }).sign(privateKey);
}

/** Sends a form with an assertion to a machine endpoint. */
export function sendAsserted(
  host: TestHost,
  path: string,
  client_assertion: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
  return send(host, path, { client_assertion_type, client_assertion, ...fields }, headers);
}

/** The client `robot`, which acts for itself and for people. */
export function robotClient({ jwks }: ClientKey): ClientOptions {
  return {
    client_id: 'robot',
    jwks,
    redirect_uris: ['https://robot.test/cb'],
    grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
    scope: 'notes:read ledger:read',
    firstParty: true,
  };
}

/** A host with the client `robot`, and the key that the client signs with. */
export interface RobotHost extends TestHost {
  readonly key: ClientKey;
}

/** Starts a host with the client `robot`, and another one that has the same key. */
export async function startRobot(
  options: HostOptions = {},
  robotKey?: ClientKey,
): Promise<RobotHost> {
  const key = robotKey ?? (await clientKey());
  const host = await startHost({
    clients: [
      robotClient(key),
      {
        client_id: 'other',
        jwks: key.jwks,
        grant_types: ['client_credentials'],
        scope: 'notes:read',
      },
    ],
    // Failures are counted per address; these tests make many.
    after: (app) => void app.set('trust proxy', true),
    ...options,
  });
  return { ...host, key };
}

/** A new assertion of the client `robot`, which is right. */
export function robotAssertion(host: RobotHost): Promise<string> {
  return assertion(host.key, assertionClaims(host, 'robot'));
}
