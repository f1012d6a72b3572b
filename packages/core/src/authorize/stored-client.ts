import { createReport } from '../report.js';
import type { ResolvedClient } from '../resolved-options.js';
import type { StoredRecord } from '../store.js';
import { checkClient } from './check-clients.js';
import { type Client, type ClientSecret, clientOf } from './clients.js';
import type { ClientOptions } from './options.js';

/** A client as its record keeps it: what was given, so that defaults follow the options of today. */
export interface StoredClient {
  readonly given: Omit<ClientOptions, 'client_secret'>;
  readonly secrets: readonly ClientSecret[];
  /** Epoch seconds. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

// Stands for the secret in the check, which wants to see that there is one. It is not the hash of anything.
const placeholder = 'a secret that is kept as its hash';

/** Reads a record of kind `Client`. */
export function readStoredClient({ payload }: StoredRecord): StoredClient {
  return JSON.parse(payload) as StoredClient;
}

/**
 * Fills the defaults in, and checks as the options are checked.
 *
 * @returns the metadata, or what is wrong with it
 */
export function resolveStoredClient(
  { given, secrets }: Pick<StoredClient, 'given' | 'secrets'>,
  declared: readonly string[],
): { metadata: ResolvedClient } | { problems: ReturnType<typeof createReport>['problems'] } {
  const report = createReport();
  const whole = secrets.length > 0 ? { ...given, client_secret: placeholder } : given;
  const checked = checkClient(declared)(whole, report.root.at('client'));
  if (!checked || report.problems.length > 0) return { problems: report.problems };
  const { client_secret: _placeholder, everyScope: _every, ...metadata } = checked;
  return { metadata };
}

/** The client of a record; nothing when today's options no longer allow it. */
export function clientOfRecord(
  record: StoredRecord,
  declared: readonly string[],
): Client | undefined {
  const stored = readStoredClient(record);
  const resolved = resolveStoredClient(stored, declared);
  if ('problems' in resolved) return undefined;
  return clientOf(resolved.metadata, stored.secrets, 'stored');
}
