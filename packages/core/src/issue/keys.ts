import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { ConfigurationError } from '../errors.js';
import type { Clock } from '../clock.js';
import type { Secrets } from '../secrets.js';
import { type Store, StoreConflict, type StoredRecord } from '../store.js';
import type { PrivateJwk } from './options.js';

/** The server's signing keys. */
export interface SigningKeys {
  readonly jwks: { readonly keys: readonly PrivateJwk[] };
  /** As published at `jwks_uri`: public members only. */
  readonly publicJwks: { readonly keys: readonly JsonWebKey[] };
  /** The public key for a JWS header. */
  find(header: { readonly alg: string; readonly kid?: string }): KeyObject | undefined;
}

/**
 * The keys of the options; else one key per algorithm, made by the node that needs it first. All nodes agree, since only one
 * `insert` wins; the keys lie sealed in the store.
 *
 * @throws {ConfigurationError} `ERR_SECRET_WRONG` when the stored keys do not open: never makes new ones then, which would
 *   void every token.
 */
export async function loadSigningKeys(
  own: { readonly keys: readonly PrivateJwk[] } | undefined,
  algs: ReadonlySet<string>,
  store: Store,
  secrets: Secrets,
  clock: Clock,
): Promise<SigningKeys> {
  if (own) return signingKeys(await withKids(own.keys));
  const { records } = await store.list('SigningKeys', 'all', { now: clock.now(), limit: 1000 });
  const keys = records.map((record) => open(record, secrets));
  await Promise.all(records.map((record) => sealAnew(record, store, secrets, clock)));
  const missing = [...algs].filter((alg) => !keys.some((key) => key.alg === alg));
  const made = await Promise.all(missing.map((alg) => make(alg, store, secrets, clock)));
  return signingKeys([...keys, ...made]);
}

async function make(
  alg: string,
  store: Store,
  secrets: Secrets,
  clock: Clock,
): Promise<PrivateJwk> {
  const key = await generate(alg);
  const id = `1:${alg}`;
  const payload = secrets.seal('keys', JSON.stringify(key), id);
  try {
    await store.commit([{ insert: { kind: 'SigningKeys', id, payload, keys: {} } }], clock.now());
    return key;
  } catch (error) {
    if (!(error instanceof StoreConflict)) throw error;
  }
  // Another node was first: its key is the key.
  const theirs = await store.find('SigningKeys', { id }, clock.now());
  if (!theirs) throw new Error('a signing key vanished between two reads');
  return open(theirs, secrets);
}

// After a rotation of the secrets, so that the old one can be dropped once every node has started with the new one.
async function sealAnew(
  { id, payload, revision }: StoredRecord,
  store: Store,
  secrets: Secrets,
  clock: Clock,
): Promise<void> {
  const text = secrets.open('keys', payload, id);
  if (text === undefined || secrets.isCurrent('keys', payload, id)) return;
  const put = { kind: 'SigningKeys', id, payload: secrets.seal('keys', text, id), keys: {} };
  try {
    await store.commit([{ put, ifRevision: revision }], clock.now());
  } catch (error) {
    // Another node did it.
    if (!(error instanceof StoreConflict)) throw error;
  }
}

function open({ id, payload }: StoredRecord, secrets: Secrets): PrivateJwk {
  const text = secrets.open('keys', payload, id);
  if (text !== undefined) return JSON.parse(text) as PrivateJwk;
  throw new ConfigurationError('ERR_SECRET_WRONG', [
    {
      path: 'secrets',
      message:
        'none of the secrets opens the signing keys in the store. Add the secret that this database was started with; it may be the last of the list.',
    },
  ]);
}

async function generate(alg: string): Promise<PrivateJwk> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true, modulusLength: 2048 });
  const jwk = await exportJWK(privateKey);
  return { ...jwk, alg, use: 'sig', kid: await calculateJwkThumbprint(jwk) } as PrivateJwk;
}

async function withKids(keys: readonly PrivateJwk[]): Promise<PrivateJwk[]> {
  return Promise.all(
    keys.map(async (key) => ({
      ...key,
      kid: key.kid ?? (await calculateJwkThumbprint(key as never)),
    })),
  );
}

const publicMembers = ['kty', 'use', 'alg', 'kid', 'crv', 'x', 'y', 'n', 'e'] as const;

function signingKeys(keys: readonly PrivateJwk[]): SigningKeys {
  const publicKeys = keys.map((key) => {
    const members = publicMembers.filter((name) => key[name] !== undefined);
    return Object.fromEntries(members.map((name) => [name, key[name]])) as JsonWebKey;
  });
  const objects = publicKeys.map((jwk) => ({
    alg: jwk.alg as string | undefined,
    kid: jwk.kid as string | undefined,
    key: createPublicKey({ key: jwk, format: 'jwk' }),
  }));
  return {
    jwks: { keys },
    publicJwks: { keys: publicKeys },
    find: ({ alg, kid }) =>
      objects.find((object) => object.kid === kid && (object.alg ?? alg) === alg)?.key,
  };
}
