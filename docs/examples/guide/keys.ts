import type { IssueOptions, KeyView, PrivateJwk, PublicJwk } from '@gatehouse/core';
import type { Server } from './server.js';

// #region schedule
export const monthly = { keys: { rotateSeconds: 30 * 24 * 3600 } } satisfies IssueOptions;
// #endregion schedule

/** What an operator does with keys. */
export function createKeyOperations(auth: Server) {
  return {
    // #region rotate
    async rotateKeys(): Promise<readonly KeyView[]> {
      return auth.keys.rotate(); // as soon as the next key has been published for long enough
    },
    // #endregion rotate
    // #region leaked
    async replaceLeakedKeys(): Promise<readonly KeyView[]> {
      return auth.keys.rotate({ revoke: true }); // at once: every token that they signed is void
    },
    // #endregion leaked
  };
}

/** Keys that the host keeps. */
export function ownKeys(newKey: PrivateJwk, oldKey: PrivateJwk) {
  // #region own
  const keys = { jwks: { keys: [newKey, oldKey] } }; // the first signs, both verify
  // #endregion own
  return { keys } satisfies IssueOptions;
}

/** As much of a key service's client as signing needs. */
export interface KeyService {
  publicKeys(): Promise<readonly PublicJwk[]>;
  sign(request: { keyId: string; message: Uint8Array }): Promise<{ signature: Uint8Array }>;
}

/** Keys that stay in a key service. */
export async function externalKeys(service: KeyService) {
  // #region signer
  const keys = {
    signer: {
      jwks: { keys: await service.publicKeys() },
      async sign(_alg: string, kid: string, bytes: Uint8Array): Promise<Uint8Array> {
        const { signature } = await service.sign({ keyId: kid, message: bytes });
        return signature;
      },
    },
  };
  // #endregion signer
  return { keys } satisfies IssueOptions;
}
