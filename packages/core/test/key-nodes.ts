import { verify } from 'node:crypto';
import { memoryStore } from '@gatehouse/store-memory';
import { goHome } from './travel.js';
import type { SigningAlgorithm } from '../src/authorize/key-algorithm.js';
import { systemClock } from '../src/clock.js';
import { coreKinds } from '../src/engine/kinds.js';
import { createSecrets } from '../src/secrets.js';
import type { Store } from '../src/store.js';
import type { SigningKeys } from '../src/issue/keys.js';
import { type LoadKeysParts, loadSigningKeys } from '../src/issue/load-keys.js';
import { signJwt } from '../src/issue/sign-jwt.js';
import { signatureForm } from '../src/issue/signing-key.js';

export const old = 'the-old-secret-0123456789-abcdefghijkl';
export const next = 'the-new-secret-0123456789-abcdefghijkl';
const logger = { debug() {}, info() {}, warn() {}, error() {} };
const running: SigningKeys[] = [];
/** Names of the events of all nodes. */
export const emitted: string[] = [];

/** What a node is started with. */
export interface Given extends Partial<Omit<LoadKeysParts, 'secrets' | 'needs'>> {
  readonly secrets?: readonly string[];
  readonly needs?: readonly (readonly [SigningAlgorithm, number])[];
}

/** Starts a node on the store. */
export async function load(
  store: Store,
  { secrets, needs, ...more }: Given = {},
): Promise<SigningKeys> {
  const keys = await loadSigningKeys({
    options: { rotateSeconds: 90 * 86_400 },
    needs: new Map(needs ?? [['ES256', 600]]),
    store,
    secrets: createSecrets(secrets ?? [old]),
    clock: systemClock,
    events: { emit: (name) => void emitted.push(name) },
    logger,
    ...more,
  });
  running.push(keys);
  return keys;
}

/** A store that is ready. */
export async function opened(): Promise<Store> {
  const store = memoryStore();
  await store.open?.(coreKinds);
  return store;
}

/** A store that counts its reads, and fails while it is told to. */
export function watched(store: Store): { store: Store; reads: number; broken: boolean } {
  const state = { store, reads: 0, broken: false };
  const act = async <Result>(call: () => Promise<Result>): Promise<Result> => {
    state.reads += 1;
    if (state.broken) throw new Error('down');
    return call();
  };
  state.store = {
    ...store,
    find: (...args) => act(() => store.find(...args)),
    list: (...args) => act(() => store.list(...args)),
    commit: (...args) => act(() => store.commit(...args)),
  };
  return state;
}

export const kidsOf = async (keys: SigningKeys, state?: string): Promise<string[]> =>
  (await keys.list()).flatMap((key) => (!state || key.state === state ? [key.kid] : []));
export const activeKid = (keys: SigningKeys): string => keys.active('ES256').kid;
/** When a token of now expires. */
export const exp = (): number => systemClock.now() + 600;

/** Whether a node verifies a token. */
export async function verifies(keys: SigningKeys, token: string): Promise<boolean> {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const { alg, kid } = JSON.parse(Buffer.from(header, 'base64url').toString());
  const key = await keys.find({ alg, kid });
  if (!key) return false;
  const [digest, form] = signatureForm(alg);
  const bytes = Buffer.from(`${header}.${payload}`);
  return verify(digest, bytes, { key, ...form }, Buffer.from(signature, 'base64url'));
}

export const tokenOf = (keys: SigningKeys, alg: SigningAlgorithm = 'ES256'): Promise<string> =>
  signJwt(keys, { alg, typ: 'at+jwt', claims: { exp: exp() } });

/** Ends all nodes, and goes back to the real time. */
export async function endNodes(): Promise<void> {
  await Promise.all(running.splice(0).map((keys) => keys.stop()));
  emitted.length = 0;
  goHome();
}
