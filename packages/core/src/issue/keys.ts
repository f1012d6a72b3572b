import type { KeyObject } from 'node:crypto';
import type { SigningAlgorithm } from '../authorize/key-algorithm.js';
import type { KeyView } from './options.js';
import type { SigningKey } from './signing-key.js';

/** The header of a JWS, as far as it names a key. */
export interface KeyHeader {
  readonly alg: string;
  readonly kid?: string;
}

/** What is to be signed. */
export interface SignRequest {
  readonly alg: SigningAlgorithm;
  /** The key that the header names. */
  readonly kid: string;
  readonly bytes: Uint8Array;
  /** How long whoever asks can wait. */
  readonly withinMilliseconds: number;
  /** Epoch second from which nobody verifies it any more, where it has one. */
  readonly expiresAt?: number;
}

/** The server's signing keys, as they stand now: everything that signs, verifies or publishes reads them here. */
export interface SigningKeys {
  /** The algorithms that can be signed with. They stay the same while the server runs. */
  readonly algs: ReadonlySet<SigningAlgorithm>;
  /** For how long others may cache the public keys. */
  readonly cacheSeconds: number;
  /** The key that signs now. */
  active(alg: SigningAlgorithm): SigningKey;
  /** @throws {SigningFailed} when there is no signature that others could verify. */
  sign(request: SignRequest): Promise<Uint8Array>;
  /**
   * The public key for a JWS header; one that another node has just made, too. RFC 7515 §4.1.4 leaves `kid` out where there is
   * one key: ours always have one.
   */
  find(header: KeyHeader): Promise<KeyObject | undefined>;
  /** Whether a key is still there, by what this node knows: for what was verified before. */
  holds(kid: unknown): boolean;
  /** Looks into the store if this node has not for too long. Never throws. */
  refresh(withinMilliseconds: number): Promise<void>;
  /** The JWK set. The same object as long as nothing changes. */
  published(): Promise<{ readonly keys: readonly object[] }>;
  list(): Promise<readonly KeyView[]>;
  rotate(options?: { readonly revoke?: boolean }): Promise<readonly KeyView[]>;
  /** Polls no more, once the poll that runs has ended. */
  stop(): Promise<void>;
}

/** No signature could be made that others would verify. What was to be signed is not handed out. */
export class SigningFailed extends Error {
  override readonly name = 'SigningFailed';
}
