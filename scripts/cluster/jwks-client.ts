import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, type JWK, jwtVerify } from 'jose';

/** A client that keeps the public keys, and loads them again for each key that it does not know: no cool-down. */
export interface JwksClient {
  /** Loads the keys. */
  load(): Promise<readonly string[]>;
  /** What is wrong with the signature of a JWT, or nothing. Its expiry is not looked at. */
  flawOf(token: string): Promise<string | undefined>;
}

/** Makes one that asks the given server. */
export function jwksClient(origin: string): JwksClient {
  let keys: readonly JWK[] = [];

  async function load(): Promise<readonly string[]> {
    const response = await fetch(`${origin}/auth/jwks`, { headers: { connection: 'close' } });
    if (response.status !== 200) throw new Error(`the keys: ${response.status}`);
    keys = ((await response.json()) as { keys: JWK[] }).keys;
    return keys.map(({ kid = '' }) => kid);
  }

  return {
    load,
    async flawOf(token) {
      const { kid } = decodeProtectedHeader(token);
      if (!keys.some((key) => key.kid === kid)) await load();
      if (!keys.some((key) => key.kid === kid)) return `the key ${kid} is not published`;
      try {
        const { iat = 0 } = decodeJwt(token);
        await jwtVerify(token, createLocalJWKSet({ keys: [...keys] }), {
          currentDate: new Date(iat * 1000),
        });
        return undefined;
      } catch (error) {
        return String(error);
      }
    },
  };
}
