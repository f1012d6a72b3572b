import { generateKeyPairSync } from 'node:crypto';
import { checkOptions } from '../src/check-options.js';
import { ConfigurationError } from '../src/errors.js';
import type { ResolvedOptions } from '../src/resolved-options.js';

type Members = Readonly<Record<string, unknown>>;

export const api = 'https://acme.example/api';
/** Random once, so that no check of randomness finds fault with it. */
export const goodSecret = 'k3J9vQ2xWm7Zr5Lp1Tn8Bd4Hs6Fg0YcA';

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
export const publicJwk: Members = { ...pair.publicKey.export({ format: 'jwk' }), kid: 'one' };
export const privateJwk: Members = { ...pair.privateKey.export({ format: 'jwk' }), kid: 'one' };

/** A confidential first-party client. */
export const webClient: Members = {
  client_id: 'web',
  client_secret: goodSecret,
  redirect_uris: ['https://app.acme.example/cb'],
  firstParty: true,
};

/** A store that is only looked at. */
export const durableStore: Members = {
  name: 'test',
  durable: true,
  find: async () => undefined,
  commit: async () => undefined,
  list: async () => ({ records: [] }),
};

/** A logger that keeps its warnings. */
export function createTestLogger(): { warnings: [object, string][]; logger: Members } {
  const warnings: [object, string][] = [];
  const warn = (context: object, message: string) => void warnings.push([context, message]);
  return { warnings, logger: { debug() {}, info() {}, warn, error() {} } };
}

/** Options without a mistake, fit for production. */
export const goodOptions: Members = {
  issuer: 'https://acme.example/auth',
  secrets: [goodSecret],
  store: durableStore,
  accounts: { find: () => undefined, id: () => '1' },
  resources: { [api]: { name: 'Notes', scopes: { 'notes:read': 'Read your notes' } } },
  clients: [webClient],
};

/** {@link goodOptions} with a resource that has more, or other, members. */
export function withResource(members: object): Members {
  const resource = { name: 'Notes', scopes: { 'notes:read': 'Read your notes' }, ...members };
  return { ...goodOptions, resources: { [api]: resource } };
}

/** {@link goodOptions} with a client that has more, or other, members; `undefined` takes one away. */
export function withClient(members: object): Members {
  return { ...goodOptions, clients: [{ ...webClient, ...members }] };
}

/** The checked client of {@link withClient}. */
export function resolveClient(members: object): ResolvedOptions['clients'][number] | undefined {
  return checkOptions(withClient(members), {}).clients[0];
}

/** Everything that is wrong, one line each, after the code of the error. Empty when nothing is. */
export function problemsOf(options: unknown, env: Record<string, string> = {}): string[] {
  try {
    checkOptions(options, env);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return [error.code, ...error.problems.map(({ path, message }) => `${path}: ${message}`)];
  }
}
