import type { Clock } from '../clock.js';
import { ConfigurationError } from '../errors.js';
import type { GuardedFetch } from '../guarded-fetch.js';
import { revocationRecord } from '../issue/revocation-record.js';
import { hashOf, randomId } from '../secrets.js';
import { type Store, StoreConflict, type StoredRecord } from '../store.js';
import { sectorProblem } from './check-sector.js';
import type { CachedClientDirectory } from './client-directory.js';
import type { Client, ClientSecret } from './clients.js';
import { openidProblems, type OpenidTerms } from './openid-members.js';
import type { ClientOptions } from './options.js';
import { requestProblems, type RequestTerms } from './request-members.js';
import { sectorOf } from './sector.js';
import { readStoredClient, resolveStoredClient, type StoredClient } from './stored-client.js';
import { tryCommit } from '../try-commit.js';

/** A client as `auth.clients` shows it. It never holds a secret. */
export interface ClientRecord extends Omit<ClientOptions, 'client_secret'> {
  /** `static` comes from the options and is read-only. */
  readonly source: 'static' | 'stored';
  /** Epoch second (RFC 7591 §3.2.1). */
  readonly client_id_issued_at?: number;
}

/** What `create` takes: the metadata of RFC 7591 §2. */
export type NewClient = Omit<ClientOptions, 'client_id' | 'client_secret'> & {
  /** @default a random one */
  client_id?: string;
};

/** What `update` takes. A member that is `undefined` is taken away. */
export type ClientChanges = {
  [Name in Exclude<keyof ClientOptions, 'client_id' | 'client_secret'>]?:
    | ClientOptions[Name]
    | undefined;
};

/** Clients as data: made, changed and removed while the server runs, on every node within two seconds. */
export interface ManagedClients {
  /**
   * @returns the client, with its secret where it has one: shown once, kept as a hash
   * @throws {ConfigurationError} `ERR_OPTIONS_INVALID` with everything that is wrong
   */
  create(client: NewClient): Promise<ClientRecord & { client_secret?: string }>;
  get(clientId: string): Promise<ClientRecord | undefined>;
  /** Those of the options first; then those of the store, page by page. */
  list(page?: {
    cursor?: string;
    limit?: number;
  }): Promise<{ clients: ClientRecord[]; cursor?: string }>;
  /** @throws {ConfigurationError} `ERR_OPTIONS_INVALID`, or `ERR_USAGE` for a static or an unknown client */
  update(clientId: string, changes: ClientChanges): Promise<ClientRecord>;
  /** Ends all that the client has, then removes it. */
  remove(clientId: string): Promise<void>;
  /**
   * Gives the client another secret. The old ones are good for `overlapSeconds` more.
   *
   * @param options overlapSeconds: 0 ends the old ones at once. Default 86400, a day
   */
  rotateSecret(
    clientId: string,
    options?: { overlapSeconds?: number },
  ): Promise<{ client_secret: string }>;
}

/** What it works on. */
export interface ManagedClientsParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly statics: ReadonlyMap<string, Client>;
  readonly directory: CachedClientDirectory;
  /** Every scope that a resource or a plugin declares. */
  readonly declared: readonly string[];
  readonly openid?: OpenidTerms;
  readonly requests: RequestTerms;
  readonly longestJwtSeconds: number;
  readonly revokeClient: (clientId: string) => Promise<void>;
  readonly fetch: GuardedFetch;
}

const daySeconds = 86_400;
const attempts = 10;

/** Makes `auth.clients`. */
export function createManagedClients(parts: ManagedClientsParts): ManagedClients {
  const { store, clock, statics, directory, declared } = parts;

  async function load(clientId: string): Promise<StoredRecord> {
    if (statics.has(clientId)) {
      throw usage(`the client "${clientId}" comes from the options. Change it there.`);
    }
    const record = await store.find('Client', { id: clientId }, clock.now());
    if (!record) throw usage(`no client is called "${clientId}".`);
    return record;
  }

  function check(client: Pick<StoredClient, 'given' | 'secrets'>): void {
    const resolved = resolveStoredClient(client, declared);
    if ('problems' in resolved)
      throw new ConfigurationError('ERR_OPTIONS_INVALID', resolved.problems);
    const names = resolved.metadata.scope.split(' ').filter(Boolean);
    const unknown = names.filter((name) => !declared.includes(name));
    // A stored client has said its subject type when it was made.
    const openid = parts.openid && { ...parts.openid, subject: 'public' as const };
    const problems = [
      ...openidProblems(resolved.metadata, openid),
      ...requestProblems(resolved.metadata, parts.requests),
    ].map(([member, message]) => ({ path: `client.${member}`, message }));
    for (const member of ['pkce', 'dangerouslyOmitNonce'] as const) {
      if (client.given[member] === undefined) continue;
      const message =
        'is for clients of the options alone, where it is seen and logged. Remove it.';
      problems.push({ path: `client.${member}`, message });
    }
    if (unknown.length > 0) {
      const message = `names ${unknown.join(' ')}, which nothing here declares.`;
      problems.unshift({ path: 'client.scope', message });
    }
    if (problems.length > 0) throw new ConfigurationError('ERR_OPTIONS_INVALID', problems);
  }

  async function checkSector(given: NewClient, before?: NewClient): Promise<void> {
    const { sector_identifier_uri, redirect_uris } = given;
    const asked = JSON.stringify([sector_identifier_uri, redirect_uris]);
    if (asked === JSON.stringify([before?.sector_identifier_uri, before?.redirect_uris])) return;
    const message = await sectorProblem(given, parts.fetch);
    if (message === undefined) return;
    const path = 'client.sector_identifier_uri';
    throw new ConfigurationError('ERR_OPTIONS_INVALID', [{ path, message }]);
  }

  // Another change at the same time makes it start over on what stands there then.
  async function change(
    clientId: string,
    apply: (client: StoredClient) => StoredClient,
  ): Promise<StoredClient> {
    for (let attempt = 1; ; attempt += 1) {
      const record = await load(clientId);
      const before = readStoredClient(record);
      const next = apply(before);
      check(next);
      const subjects = subjectsOf(before);
      if (subjects && subjects !== subjectsOf(next)) throw usage(otherSubjects(clientId));
      await checkSector(next.given, before.given);
      try {
        const put = { kind: 'Client', id: clientId, payload: JSON.stringify(next), keys: {} };
        await store.commit([{ put, ifRevision: record.revision }, tell(clientId)], clock.now());
        directory.forget(clientId);
        return next;
      } catch (error) {
        if (!(error instanceof StoreConflict) || attempt === attempts) throw error;
      }
    }
  }

  function tell(changedClientId: string): { put: ReturnType<typeof revocationRecord> } {
    return { put: revocationRecord({ changedClientId }, clock.now(), parts.longestJwtSeconds) };
  }

  return {
    async create({ client_id = randomId(), ...more }) {
      const now = clock.now();
      // What the server's default is today stays this client's: another name for everybody is no change of a default.
      const isUnsaid = parts.openid?.subject === 'pairwise' && more.subject_type === undefined;
      const subject = isUnsaid ? { subject_type: 'pairwise' as const } : {};
      const given = { client_id, ...more, ...subject };
      const { token_endpoint_auth_method: method } = more;
      const needsSecret = method?.startsWith('client_secret') ?? more.jwks === undefined;
      const client_secret = needsSecret ? randomId(32) : undefined;
      const secrets = client_secret === undefined ? [] : [{ hash: hashOf(client_secret) }];
      check({ given, secrets });
      await checkSector(given);
      if (statics.has(client_id)) throw usage(`the options have a client "${client_id}" already.`);
      const stored: StoredClient = { given, secrets, createdAt: now, updatedAt: now };
      const insert = { kind: 'Client', id: client_id, payload: JSON.stringify(stored), keys: {} };
      if (!(await tryCommit(store, [{ insert }, tell(client_id)], now))) {
        throw usage(`a client "${client_id}" is there already.`);
      }
      return { ...describe(stored), ...(client_secret === undefined ? {} : { client_secret }) };
    },

    async get(clientId) {
      const known = statics.get(clientId);
      if (known) return known.introspects === undefined ? describeStatic(known) : undefined;
      const record = await store.find('Client', { id: clientId }, clock.now());
      return record && describe(readStoredClient(record));
    },

    async list({ cursor, limit = 100 } = {}) {
      const page = await store.list('Client', 'all', {
        now: clock.now(),
        limit,
        ...(cursor === undefined ? {} : { cursor }),
      });
      const stored = page.records.map((record) => describe(readStoredClient(record)));
      const own = [...statics.values()].filter(({ introspects }) => introspects === undefined);
      return {
        clients: cursor === undefined ? [...own.map(describeStatic), ...stored] : stored,
        ...(page.cursor === undefined ? {} : { cursor: page.cursor }),
      };
    },

    async update(clientId, changes) {
      const next = await change(clientId, (client) => ({
        ...client,
        given: merge(client.given, changes, clientId),
        updatedAt: clock.now(),
      }));
      return describe(next);
    },

    async remove(clientId) {
      await load(clientId);
      await store.commit(
        [{ remove: { kind: 'Client', id: clientId } }, tell(clientId)],
        clock.now(),
      );
      directory.forget(clientId);
      // After the removal: nothing is issued for it any more, so nothing can slip in behind.
      await parts.revokeClient(clientId);
    },

    async rotateSecret(clientId, { overlapSeconds = daySeconds } = {}) {
      const client_secret = randomId(32);
      const now = clock.now();
      await change(clientId, (client) => {
        if (client.secrets.length === 0) throw usage(`the client "${clientId}" has no secret.`);
        const old = client.secrets.flatMap((secret) => shorten(secret, now, overlapSeconds));
        return { ...client, secrets: [{ hash: hashOf(client_secret) }, ...old], updatedAt: now };
      });
      return { client_secret };
    },
  };
}

// OpenID Connect Core §5.7: `sub` is what a client keeps of a person, and never changes.
function subjectsOf({ given }: StoredClient): string | undefined {
  if (given.subject_type !== 'pairwise') return 'public';
  const sector = sectorOf(given);
  // Without a redirect URI nobody has logged in to it.
  return sector === undefined ? undefined : `at ${sector}`;
}

function otherSubjects(clientId: string): string {
  return `the client "${clientId}" would know everybody by another sub, by its subject_type or the host of its redirect_uris. Make another client.`;
}

function shorten(secret: ClientSecret, now: number, overlapSeconds: number): ClientSecret[] {
  const expiresAt = Math.min(secret.expiresAt ?? Number.POSITIVE_INFINITY, now + overlapSeconds);
  return expiresAt > now ? [{ hash: secret.hash, expiresAt }] : [];
}

function merge(
  given: StoredClient['given'],
  changes: ClientChanges,
  client_id: string,
): StoredClient['given'] {
  const merged = Object.entries({ ...given, ...changes }).filter(
    ([, value]) => value !== undefined,
  );
  return { ...(Object.fromEntries(merged) as StoredClient['given']), client_id };
}

function describe({ given, createdAt }: StoredClient): ClientRecord {
  return { ...given, source: 'stored', client_id_issued_at: createdAt };
}

function describeStatic({ metadata }: Client): ClientRecord {
  return { ...metadata, source: 'static' };
}

function usage(message: string): ConfigurationError {
  return new ConfigurationError('ERR_USAGE', [{ path: 'auth.clients', message }]);
}
