import type { ClientDirectory } from '../authorize/clients.js';
import type { Subjects } from '../authorize/subjects.js';
import type { SigningKeys } from '../issue/keys.js';
import type { EndingSession } from './end-session.js';
import type { OpenidSettings } from './openid-settings.js';
import { inUnitOfWork, type UnitOfWork } from './unit-of-work.js';

/** Leaves, with the end of a session, what its clients are to be told. */
export type TellClients = (unit: UnitOfWork, session: EndingSession) => Promise<void>;

/** What it needs. */
export interface TellClientsParts {
  readonly clients: ClientDirectory;
  readonly keys: Pick<SigningKeys, 'algs'>;
  readonly subjects: Subjects;
  readonly openid: OpenidSettings;
}

/**
 * Every client that got an ID token in a session is told of its end, if it has registered where. What is to be told leaves with the commit
 * that ends the session, so no crash comes in between; it is delivered by a job.
 *
 * @see [Back-Channel Logout 1.0 §2.5](https://openid.net/specs/openid-connect-backchannel-1_0.html#BCRequest)
 */
export function createTellClients(parts: TellClientsParts): TellClients {
  const { clients, keys, subjects, openid } = parts;
  return async (unit, { accountId, authorizations = {} }) => {
    if (accountId === undefined) return;
    for (const [clientId, { sid, identified }] of Object.entries(authorizations)) {
      if (sid === undefined || !identified) continue;
      const client = await clients.find(clientId);
      if (client?.metadata.backchannel_logout_uri === undefined) continue;
      const { id_token_signed_response_alg: registered = 'RS256' } = client.metadata;
      // As its ID tokens are signed: see engine-client.
      const alg = keys.algs.has(registered) ? registered : 'RS256';
      const notice = { clientId, accountId, subject: subjects.of(accountId, client), sid, alg };
      await inUnitOfWork(unit, () => openid.logout.enqueue(notice, { lane: clientId }));
    }
  };
}
