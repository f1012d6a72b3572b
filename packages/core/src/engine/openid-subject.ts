import type { KoaContextWithOIDC } from 'oidc-provider';
import type { ClientDirectory } from '../authorize/clients.js';
import type { Subjects } from '../authorize/subjects.js';

/**
 * A client that asks about a token of its own is told the `sub` by which it knows the person. An API that asks by its own credential
 * works on the host's accounts, and is told which one it is.
 *
 * Threat: the account id in an answer to the client would be the same at every client, which is what pairwise subjects are against.
 */
export function tellOwnSubject(subjects: Subjects, clients: ClientDirectory) {
  return async (ctx: KoaContextWithOIDC, next: () => Promise<unknown>): Promise<void> => {
    await next();
    if (ctx.oidc?.route !== 'introspection') return;
    const body = ctx.body as { sub?: unknown; sid?: unknown; client_id?: unknown } | undefined;
    if (typeof body?.sub !== 'string') return;
    if (body.client_id !== ctx.oidc.client?.clientId) {
      // By which the client knows the session; an API has no use for it.
      body.sid = undefined;
      return;
    }
    const client = await clients.find(String(body.client_id));
    if (client) body.sub = subjects.of(body.sub, client);
  };
}
