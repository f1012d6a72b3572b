import type { Adapter, AdapterPayload } from 'oidc-provider';
import type { Clock } from '../clock.js';
import { connectionId } from '../interaction/consent.js';
import { loadEpoch } from '../issue/epochs.js';
import { type Announcement, announceRevocation } from '../issue/announce-revocation.js';
import type { RevocationFeed } from '../issue/revocation-feed.js';
import type { Secrets } from '../secrets.js';
import type { Relation, StoredRecord } from '../store.js';
import { accountEpochOf, coreKinds } from './kinds.js';
import type { Decoded, Meta, Payload, RecordCodec } from './records.js';
import { handleOf, isHandle, storedIdOf } from './records.js';
import { linkLiveInteraction } from './live-interaction.js';
import { engine } from './load-engine.js';
import { pushedKind, refuseLostRequest, retainPushed } from './pushed-requests.js';
import type { RefreshReplay } from './refresh-replay.js';
import { followSignpost, isSettled, saveSession } from './session-record.js';
import { type UnitOfWork, unitOfWork } from './unit-of-work.js';

/** What the bridge needs from the rest. */
export interface BridgeContext extends Announcement {
  readonly codec: RecordCodec;
  readonly clock: Clock;
  readonly secrets: Secrets;
  readonly replay: RefreshReplay;
  readonly sessionIdleSeconds: number;
  readonly interactionSeconds: number;
  /** Knows the epoch of a client as of two seconds ago at most. */
  readonly feed: Pick<RevocationFeed, 'note' | 'clientEpoch'>;
  /** Engine metadata of a client. */
  readonly findClient: (clientId: string) => Promise<Payload | undefined>;
}

const grantOf: Relation = { kind: 'Grant', key: 'id', from: 'grantId' };
const grantsOfSession: Relation = { kind: 'Grant', key: 'sessionUid', from: 'uid' };

// What the engine asks for next, fetched in the same trip.
const relations: Readonly<Record<string, readonly Relation[]>> = {
  Session: [grantsOfSession, accountEpochOf],
  AuthorizationCode: [grantOf, accountEpochOf],
  AccessToken: [grantOf, accountEpochOf],
  RefreshToken: [grantOf, accountEpochOf],
  Grant: [accountEpochOf],
};

const keyNames: ReadonlyMap<string, readonly string[]> = new Map(
  coreKinds.map(({ kind, keys }) => [kind, Object.keys(keys)]),
);

/** The engine's adapter for one of its models, over the running request's unit of work. */
export function createAdapter(kind: string, context: BridgeContext): Adapter {
  if (kind === 'Client') return clientAdapter(context);
  const { codec, clock } = context;

  async function read(record: StoredRecord | undefined): Promise<Decoded | undefined> {
    const decoded = record && codec.decode(record);
    if (!record || !decoded) return undefined;
    return (await isAlive(unitOfWork(), kind, record, decoded, context)) ? decoded : undefined;
  }

  async function findByKey(key: string, value: string): Promise<AdapterPayload | undefined> {
    const record = await unitOfWork().find(kind, { key, value }, relations[kind]);
    const decoded = await read(record);
    if (!record || !decoded) return undefined;
    return { ...decoded.payload, jti: handleOf(record.id) } as AdapterPayload;
  }

  const adapter: Adapter = {
    async find(value) {
      // Threat: a handle is only ever made by us, from a record found by key; presented, it would name a record by what a
      // database dump shows.
      if (isHandle(value)) return undefined;
      // A replay id is inserted, and the insert decides. Reading first would cost a trip and decide nothing.
      if (kind === 'ReplayDetection') return undefined;
      const unit = unitOfWork();
      const record = await unit.find(kind, { id: storedIdOf(kind, value) }, relations[kind]);
      if (!record && kind === pushedKind) refuseLostRequest();
      if (record?.consumed && kind === 'Interaction') return undefined;
      const decoded = await read(record);
      if (!record || !decoded) return undefined;
      if (decoded.meta.moved) return followSignpost(decoded.payload, context, adapter.find);
      const payload: Payload = { ...decoded.payload, jti: value };
      if (kind === 'AuthorizationCode') unit.notes.codeChallenge = String(payload.codeChallenge);
      if (kind === 'Interaction') noteLogin(unit, payload);
      if (kind === 'Session') {
        const { accountEpoch = 0, host = false } = decoded.meta;
        unit.notes.fromHost = host;
        if (payload.accountId !== undefined) unit.notes.loginEpoch = accountEpoch;
      }
      if (record.consumed) return consumedPayload(unit, kind, record, payload, value, context);
      const { forUserinfo } = unit.notes;
      return forUserinfo && kind === 'AccessToken' ? forUserinfo(payload) : payload;
    },

    findByUid: (uid) => findByKey('uid', uid),
    findByUserCode: (userCode) => findByKey('userCode', userCode),

    async upsert(value, payload) {
      const unit = unitOfWork();
      const id = storedIdOf(kind, value);
      const clean: Payload = { ...payload };
      if (kind === 'Session' && (await isSettled(unit, id, clean, context))) return;
      const made = await metaFor(unit, kind, id, clean, context);
      const meta = kind === 'Session' ? { ...made, usedAt: clock.now() } : made;
      const record = codec.encode(kind, id, { payload: clean, meta }, keysOf(unit, kind, clean));
      if (kind === 'Session') saveSession(unit, value, record, clean, context);
      else
        unit.save(kind === pushedKind ? retainPushed(record, context.interactionSeconds) : record);
      if (kind === 'Interaction') linkLiveInteraction(unit, value, context.secrets);
    },

    async consume(value) {
      const unit = unitOfWork();
      const id = storedIdOf(kind, value);
      unit.notes.spends = true;
      if (kind === 'RefreshToken') unit.notes.consumedRefreshToken = { id, value };
      const expiresAt = await grantRetention(unit, kind, id);
      unit.consume(kind, id, expiresAt === undefined ? {} : { expiresAt });
    },

    async destroy(value) {
      const unit = unitOfWork();
      const id = storedIdOf(kind, value);
      const now = clock.now();
      if (isTokenKind(kind)) unit.notes.revoked = true;
      const jwt = unit.notes.presentedJwt;
      if (jwt?.kind === kind && jwt.id === id) {
        const { tokenId } = jwt;
        announceRevocation(unit, { tokenId }, now, context);
        return;
      }
      // An interaction is answered once. Kept as consumed, a second answer is told from an unknown one.
      if (kind === 'Interaction') {
        unit.notes.finishedInteraction = value;
        return unit.consume(kind, id);
      }
      if (kind === 'Grant') {
        announceRevocation(unit, { grantId: id }, now, context);
      }
      unit.remove(kind, id);
    },

    async revokeByGrantId(grantId) {
      unitOfWork().removeAll(kind, 'grantId', grantId);
    },
  };
  return adapter;
}

function isTokenKind(kind: string): boolean {
  return kind === 'AccessToken' || kind === 'RefreshToken' || kind === 'ClientCredentials';
}

function clientAdapter({ findClient }: BridgeContext): Adapter {
  const refuse = async (): Promise<never> => {
    throw new Error('clients are not written by the engine');
  };
  return {
    find: async (id) => (await findClient(id)) as AdapterPayload | undefined,
    findByUid: refuse,
    findByUserCode: refuse,
    upsert: refuse,
    consume: refuse,
    destroy: refuse,
    revokeByGrantId: refuse,
  };
}

// A later revocation of the whole account or client makes sessions, grants and machine tokens dead without touching them.
async function isAlive(
  unit: UnitOfWork,
  kind: string,
  record: StoredRecord,
  { meta }: Decoded,
  { feed }: BridgeContext,
): Promise<boolean> {
  if (kind !== 'Session' && kind !== 'Grant' && kind !== 'ClientCredentials') return true;
  const { accountId, clientId } = record.keys;
  if (accountId !== undefined) {
    if ((meta.accountEpoch ?? 0) < (await loadEpoch(unit, 'AccountEpoch', accountId))) return false;
  }
  return clientId === undefined || (meta.clientEpoch ?? 0) >= feed.clientEpoch(clientId);
}

// A session or grant keeps the epoch of its login: taking the epoch of now would let what was just revoked live on.
async function metaFor(
  unit: UnitOfWork,
  kind: string,
  id: string,
  payload: Payload,
  { feed, codec }: BridgeContext,
): Promise<Meta> {
  if (kind === 'ReplayDetection') return { attempt: unit.attempt };
  const meta: { accountEpoch?: number; clientEpoch?: number; host?: true } = {};
  if (kind === 'Session' && typeof payload.accountId === 'string') {
    const uid = payload.uid as string;
    const known = (await unit.find(kind, { id })) ?? unit.removed(kind, 'uid', uid);
    const before = known && codec.decode(known);
    const { accountId, loginTs } = before?.payload ?? {};
    if (before && accountId === payload.accountId && loginTs === payload.loginTs)
      return before.meta;
    if (unit.notes.hostLogin) meta.host = true;
  }
  if ((kind === 'Session' || kind === 'Grant') && typeof payload.accountId === 'string') {
    const { loginEpoch } = unit.notes;
    const epoch = loginEpoch ?? (await loadEpoch(unit, 'AccountEpoch', payload.accountId));
    if (epoch > 0) meta.accountEpoch = epoch;
  }
  if (kind === 'Grant' || kind === 'ClientCredentials') {
    const epoch = feed.clientEpoch(String(payload.clientId));
    if (epoch > 0) meta.clientEpoch = epoch;
  }
  return meta;
}

function keysOf(unit: UnitOfWork, kind: string, payload: Payload): Record<string, string> {
  const keys: Record<string, string> = {};
  // The engine's grants do not know the session that they belong to.
  const { sessionUid } = unit.notes;
  for (const name of keyNames.get(kind) ?? []) {
    const value = keyValue(name);
    if (typeof value === 'string') keys[name] = value;
  }
  return keys;

  function keyValue(name: string): unknown {
    if (name === 'sessionUid') return sessionUid;
    if (name !== 'connection') return payload[name];
    return connectionId(String(payload.accountId), String(payload.clientId));
  }
}

async function consumedPayload(
  unit: UnitOfWork,
  kind: string,
  record: StoredRecord,
  payload: Payload,
  value: string,
  { replay }: BridgeContext,
): Promise<AdapterPayload> {
  const ctx = engine.Provider.ctx;
  if (kind === 'RefreshToken') {
    const repeated = await replay.repeat(unit, record, value, ctx);
    if (repeated) {
      unit.notes.repeatedRefresh = repeated;
      return payload as AdapterPayload;
    }
  }
  // Asked about or revoked by its client, or presented by another one, it is not used again.
  const isReplay = ctx?.oidc.route === 'token' && ctx.oidc.client?.clientId === payload.clientId;
  if (isReplay && (kind === 'AuthorizationCode' || kind === 'RefreshToken')) {
    const grantId = record.keys.grantId;
    unit.notes.replayed = { kind, ...(grantId === undefined ? {} : { grantId }) };
  }
  return { ...payload, consumed: record.consumed?.at ?? true } as AdapterPayload;
}

// Consumed codes and refresh tokens stay as long as their grant: a replay is told from an unknown value for that long.
async function grantRetention(
  unit: UnitOfWork,
  kind: string,
  id: string,
): Promise<number | undefined> {
  const grantId = (await unit.find(kind, { id }))?.keys.grantId;
  if (grantId === undefined) return undefined;
  return (await unit.find('Grant', { id: grantId }))?.expiresAt;
}

function noteLogin(unit: UnitOfWork, payload: Payload): void {
  const { login } = (payload.result ?? {}) as { login?: { epoch?: unknown; host?: unknown } };
  if (typeof login?.epoch === 'number') unit.notes.loginEpoch = login.epoch;
  if (login?.host === true) unit.notes.hostLogin = true;
}
