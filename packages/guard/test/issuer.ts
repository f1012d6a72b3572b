import { type CryptoKey, exportJWK, generateKeyPair, type JSONWebKeySet, SignJWT } from 'jose';
import type { GuardSource } from '../src/index.js';

export const issuer = 'https://acme.example/auth';
export const api = 'https://acme.example/api';
export const resources = {
  [api]: {
    name: 'Acme API',
    scopes: { 'notes:read': 'Read your notes', 'notes:write': 'Change your notes' },
  },
} as const;

export const quiet = { debug: (): void => {}, warn: (): void => {} };

export function now(): number {
  return Math.floor(Date.now() / 1000);
}

/** What the issuer says in an access token for an account. */
export function accountClaims(): Record<string, unknown> {
  return {
    iss: issuer,
    aud: api,
    sub: 'account-1',
    sub_type: 'account',
    client_id: 'web',
    scope: 'notes:read notes:write',
    jti: 'token-1',
    iat: now(),
    exp: now() + 600,
    grant_id: 'grant-1',
    auth_time: now() - 60,
    acr: 'urn:acme:password',
    amr: ['pwd'],
  };
}

/** What the issuer says in an access token that a client got for itself. */
export function clientClaims(): Record<string, unknown> {
  const { acr, amr, auth_time, grant_id, ...claims } = accountClaims();
  return { ...claims, sub: 'machine', client_id: 'machine', sub_type: 'client' };
}

export interface SigningKey {
  readonly alg: string;
  readonly kid: string;
  readonly publicKey: CryptoKey;
  readonly privateKey: CryptoKey;
}

export async function signingKey(alg = 'ES256', kid = `${alg}-1`): Promise<SigningKey> {
  return { alg, kid, ...(await generateKeyPair(alg, { extractable: true })) };
}

export async function jwks(...keys: SigningKey[]): Promise<JSONWebKeySet> {
  return {
    keys: await Promise.all(
      keys.map(async ({ alg, kid, publicKey }) => ({
        ...(await exportJWK(publicKey)),
        alg,
        kid,
        use: 'sig',
      })),
    ),
  };
}

/** Signs claims; `undefined` in the overrides takes a claim or a header parameter away. */
export function sign(
  key: SigningKey,
  claims: Record<string, unknown> = accountClaims(),
  header: Record<string, unknown> = {},
): Promise<string> {
  const { alg, kid, privateKey } = key;
  return new SignJWT(claims)
    .setProtectedHeader({ alg, kid, typ: 'at+jwt', ...header })
    .sign(privateKey);
}

/** A token that nobody signed: any header, any payload, any signature. */
export function forge(header: unknown, payload: unknown, signature = 'c2ln'): string {
  const part = (value: unknown): string =>
    Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
  return `${part(header)}.${part(payload)}.${signature}`;
}

/** A source in the same process that knows some keys. */
export function sourceOf(...keys: SigningKey[]): GuardSource {
  return { key: async ({ kid }) => keys.find((key) => key.kid === kid)?.publicKey };
}
