import type { Runtime } from './plugin.js';

/** What plugins hold from their set-up on, and what only works once the server has started. */
export type LateRuntime = Pick<Runtime, 'sessions' | 'connections' | 'clients' | 'signJwt'>;

/** Makes it: `started` gives the real thing, or nothing before the start. */
export function lateRuntime(started: () => LateRuntime | undefined): LateRuntime {
  function now<Name extends keyof LateRuntime>(name: Name): LateRuntime[Name] {
    const found = started();
    if (!found)
      throw new Error(
        `runtime.${name} answers once the server has started, and not while setup runs`,
      );
    return found[name];
  }
  return {
    sessions: {
      find: (request) => now('sessions').find(request),
      signIn: (request) => now('sessions').signIn(request),
      refuseForm: (request, session) => now('sessions').refuseForm(request, session),
    },
    signJwt: (request) => now('signJwt')(request),
    clients: { get: (clientId) => now('clients').get(clientId) },
    connections: {
      list: (accountId, options) => now('connections').list(accountId, options),
      revoke: (accountId, clientId) => now('connections').revoke(accountId, clientId),
    },
  };
}
