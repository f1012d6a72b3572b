import { randomBytes } from 'node:crypto';
import { hash, parseOptions, verify } from '@node-rs/argon2';

/** The work factor of argon2id. */
export interface HashCost {
  readonly memoryKiB: number;
  readonly iterations: number;
  readonly parallelism: number;
}

/** Hashes passwords. An interface, so that a test can count the work. */
export interface Hasher {
  hash(password: string): Promise<string>;
  verify(stored: string, password: string): Promise<boolean>;
  /** Whether the hash was made with another cost than is set now. */
  isOutdated(stored: string): boolean;
  /** Belongs to no password, and costs the same to check as a hash made now. */
  readonly dummy: string;
}

/** argon2id (RFC 9106), as PHC strings. */
export function argon2Hasher({ memoryKiB, iterations, parallelism }: HashCost): Hasher {
  const prefix = `$argon2id$v=19$m=${memoryKiB},t=${iterations},p=${parallelism}$`;
  // Argon2id and version 19 are the library's defaults; its enums cannot be imported as types are stripped.
  const cost = { memoryCost: memoryKiB, timeCost: iterations, parallelism };
  return {
    hash: (password) => hash(password, cost),
    verify: (stored, password) => verify(stored, password),
    isOutdated(stored) {
      const { memoryCost, timeCost, parallelism: lanes } = parseOptions(stored);
      return (
        !stored.startsWith('$argon2id$v=19$') ||
        memoryCost !== memoryKiB ||
        timeCost !== iterations ||
        lanes !== parallelism
      );
    },
    dummy: `${prefix}${base64(randomBytes(16))}$${base64(randomBytes(32))}`,
  };
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
