import type { Logger } from './app/logger.js';
import type { SessionEndReason } from './engine/session-end-reason.js';

/** Every event, with its payload. None holds a token, code, secret, password or address of a person. */
export interface Events {
  'login.succeeded': { accountId: string; clientId: string; method: string };
  'login.failed': { clientId: string; method: string; reason: string };
  'login.limited': { clientId: string; method: string; retryAfterSeconds: number };
  'consent.granted': { accountId: string; clientId: string; scopes: readonly string[] };
  'consent.denied': { accountId: string; clientId: string };
  'authorization.issued': { accountId: string; clientId: string; scopes: readonly string[] };
  'authorization.refused': { clientId?: string; error: string; detail?: string };
  'token.issued': {
    accountId?: string;
    clientId: string;
    grantType: string;
    resource?: string;
    scopes: readonly string[];
  };
  'token.refused': { clientId?: string; grantType?: string; error: string; detail?: string };
  'token.revoked': { clientId: string };
  'code.replayed': { clientId?: string; grantId?: string };
  'refresh_token.replayed': { clientId?: string; grantId?: string };
  'refresh_token.repeated': { clientId: string; grantId?: string };
  'client.refused': { clientId?: string; detail?: string };
  'client.limited': { clientId?: string; retryAfterSeconds: number };
  'revoked': { accountId?: string; clientId?: string; grantId?: string; sessionId?: string };
  'session.ended': { sessionId: string; accountId?: string; reason: SessionEndReason };
  'logout.delivered': { accountId: string; clientId: string; attempt: number };
  'logout.failed': { accountId: string; clientId: string; attempt: number; reason: string };
  'keys.rotated': { kid: string; alg: string };
  'keys.removed': { kid: string; alg: string };
  'keys.revoked': { kid: string; alg: string };
  'signing.failed': { route: string; detail: string };
  'store.conflict': { kind: string; reason: string; route: string };
  'store.failed': { route: string; detail: string };
}

export type EventName = keyof Events;

/** An event as a listener gets it. `requestId` is the same for all events of one request. */
export type EventOf<Name extends EventName> = Events[Name] & {
  readonly name: Name;
  readonly at: number;
  readonly requestId?: string;
};

export type EventListener<Name extends EventName> = (event: EventOf<Name>) => void;

/** Emits to listeners and the log. */
export interface EventHub {
  on<Name extends EventName>(name: Name, listener: EventListener<Name>): () => void;
  emit<Name extends EventName>(name: Name, payload: Events[Name], requestId?: string): void;
}

const warnings: ReadonlySet<EventName> = new Set<EventName>([
  'code.replayed',
  'refresh_token.replayed',
  'login.limited',
  'client.limited',
  'logout.failed',
  'keys.revoked',
  'signing.failed',
  'store.failed',
]);

/** Makes the hub. A listener that throws is logged and does not disturb the others, nor the request. */
export function createEventHub(logger: Logger, now: () => number): EventHub {
  const listeners = new Map<EventName, Set<(event: never) => void>>();
  return {
    on(name, listener) {
      const set = listeners.get(name) ?? new Set();
      listeners.set(name, set.add(listener as (event: never) => void));
      return () => void set.delete(listener as (event: never) => void);
    },
    emit(name, payload, requestId) {
      const event = { ...payload, name, at: now(), ...(requestId ? { requestId } : {}) };
      logger[warnings.has(name) ? 'warn' : 'info'](event, name);
      for (const listener of listeners.get(name) ?? []) {
        try {
          listener(event as never);
        } catch (error) {
          logger.error({ error, name }, 'an event listener threw');
        }
      }
    },
  };
}
