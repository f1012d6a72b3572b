import { randomUUID } from 'node:crypto';
import type { ClientOptions } from '@gatehouse/core';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { clusterClients } from './node-config.js';
import type { ClusterOptions } from './start-cluster.js';

const key = await generateKeyPair('ES256', { extractable: true });
const publicJwk = { ...(await exportJWK(key.publicKey)), alg: 'ES256', use: 'sig', kid: 'robot' };

const racingClients: readonly (ClientOptions & { client_id: string })[] = [
  {
    client_id: 'robot',
    jwks: { keys: [publicJwk] },
    grant_types: ['client_credentials'],
    scope: 'notes:read ledger:read',
  },
  {
    client_id: 'partner',
    client_name: 'A partner',
    token_endpoint_auth_method: 'none',
    redirect_uris: ['https://partner.test/cb'],
    scope: 'notes:read',
  },
];

/** A cluster that can be raced on: refresh tokens of public clients have a replay window, of confidential ones none. */
export const racingCluster: Omit<ClusterOptions, 'store'> = {
  clients: [...clusterClients, ...racingClients],
  issue: { refreshToken: { replayWindowSeconds: { public: 60, confidential: 0 } } },
};

/** An assertion of the client `robot`, which is right (RFC 7523 §3). */
export function robotAssertion(issuer: string): Promise<string> {
  return new SignJWT({ jti: randomUUID() })
    .setProtectedHeader({ alg: 'ES256', kid: 'robot' })
    .setIssuer('robot')
    .setSubject('robot')
    .setAudience(issuer)
    .setIssuedAt()
    .setExpirationTime('1 minute')
    .sign(key.privateKey);
}
