import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';

/** Everything that is derived from the host's `secrets`: the first signs and seals, all verify and open. */
export interface Secrets {
  /** HMAC-SHA-256, base64url, under the first secret. */
  sign(label: string, value: string): string;
  /** The same under each secret, first one first: ids of short values made under an older secret are found too. */
  signAll(label: string, value: string): readonly string[];
  /** Constant time. */
  verify(label: string, value: string, signature: string): boolean;
  /** AES-256-GCM. `context` is authenticated: a sealed text opens only in the place it was made for. */
  seal(label: string, text: string, context?: string): string;
  /** `undefined` when it was made under another secret, for another context, or changed. */
  open(label: string, sealed: string, context?: string): string | undefined;
  /** Whether it was sealed under the first secret: anything else must be sealed anew before its secret can be dropped. */
  isCurrent(label: string, sealed: string, context?: string): boolean;
  /** Keys for cookie signatures, first one first. */
  cookieKeys(): string[];
}

const version = 1;
const ivLength = 12;
const tagLength = 16;

/** Derives one key per secret and label (HKDF, RFC 5869), so that no two uses share a key. */
export function createSecrets(secrets: readonly string[]): Secrets {
  const cache = new Map<string, Buffer[]>();

  function keysOf(label: string): Buffer[] {
    let keys = cache.get(label);
    if (!keys) {
      keys = secrets.map((secret) =>
        Buffer.from(hkdfSync('sha256', secret, 'gatehouse', label, 32)),
      );
      cache.set(label, keys);
    }
    return keys;
  }

  function signAll(label: string, value: string): string[] {
    return keysOf(`sign:${label}`).map((key) =>
      createHmac('sha256', key).update(value).digest('base64url'),
    );
  }

  return {
    signAll,
    sign: (label, value) => signAll(label, value)[0] as string,
    verify(label, value, signature) {
      let found = false;
      for (const expected of signAll(label, value)) {
        found = isEqual(expected, signature) || found;
      }
      return found;
    },
    seal: (label, text, context) => sealWith(keysOf(`seal:${label}`)[0] as Buffer, text, context),
    open(label, sealed, context) {
      for (const key of keysOf(`seal:${label}`)) {
        const text = openWith(key, sealed, context);
        if (text !== undefined) return text;
      }
      return undefined;
    },
    isCurrent: (label, sealed, context) =>
      openWith(keysOf(`seal:${label}`)[0] as Buffer, sealed, context) !== undefined,
    cookieKeys: () => keysOf('cookies').map((key) => key.toString('base64url')),
  };
}

/** The id under which a value of 128 bits or more is stored. */
export function hashOf(value: string): string {
  return createHash('sha256').update(value).digest('base64url');
}

/** A value of `bytes` random bytes that uses only `A-Za-z0-9_-`. */
export function randomId(bytes = 24): string {
  return randomBytes(bytes).toString('base64url');
}

/** Compares two strings without telling where they differ. */
export function isEqual(a: string, b: string): boolean {
  // Hashing first makes the lengths equal, which timingSafeEqual asks for, and hides them.
  const left = createHash('sha256').update(a).digest();
  const right = createHash('sha256').update(b).digest();
  return timingSafeEqual(left, right);
}

/** Seals under a key of the caller's own, e.g. one derived from a presented token. */
export function sealWith(key: Buffer, text: string, context = ''): string {
  const iv = randomBytes(ivLength);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(context));
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([Buffer.of(version), iv, cipher.getAuthTag(), body]).toString('base64url');
}

/** The other way round. `undefined` when anything does not fit. */
export function openWith(key: Buffer, sealed: string, context = ''): string | undefined {
  const bytes = Buffer.from(sealed, 'base64url');
  if (bytes.length < 1 + ivLength + tagLength || bytes[0] !== version) return undefined;
  const iv = bytes.subarray(1, 1 + ivLength);
  const tag = bytes.subarray(1 + ivLength, 1 + ivLength + tagLength);
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: tagLength })
    .setAAD(Buffer.from(context))
    .setAuthTag(tag);
  try {
    const body = bytes.subarray(1 + ivLength + tagLength);
    return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}
