import type { Server } from './server.js';

/** What the staff of an app do with clients. */
export function createClientDesk(auth: Server) {
  return {
    // #region create
    async addPartner(name: string, redirectUri: string) {
      const { client_id, client_secret } = await auth.clients.create({
        client_name: name,
        redirect_uris: [redirectUri],
        scope: 'notes:read',
      });
      return { client_id, client_secret }; // shown now and never again: only a hash is kept
    },
    // #endregion create

    // #region update
    async allowWriting(clientId: string): Promise<void> {
      await auth.clients.update(clientId, {
        scope: 'notes:read notes:write',
        logo_uri: undefined, // takes it away
      });
    },
    // #endregion update

    // #region rotate
    async newSecret(clientId: string): Promise<string> {
      const week = 7 * 24 * 3600;
      const { client_secret } = await auth.clients.rotateSecret(clientId, { overlapSeconds: week });
      return client_secret; // the old one is good for a week more
    },
    async secretLeaked(clientId: string): Promise<string> {
      const { client_secret } = await auth.clients.rotateSecret(clientId, { overlapSeconds: 0 });
      await auth.revoke({ clientId }); // what was got with the old one ends too
      return client_secret;
    },
    // #endregion rotate

    // #region list
    async allClients(): Promise<string[]> {
      const lines: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await auth.clients.list(cursor === undefined ? {} : { cursor });
        for (const { client_id, source } of page.clients) lines.push(`${client_id} (${source})`);
        cursor = page.cursor;
      } while (cursor !== undefined);
      return lines;
    },
    // #endregion list

    // #region remove
    async endPartner(clientId: string): Promise<void> {
      await auth.clients.remove(clientId);
    },
    // #endregion remove
  };
}

/** What the support of an app does for a person. */
export function createSupportDesk(auth: Server) {
  return {
    // #region grants
    async devicesOf(accountId: string, clientId: string) {
      const { grants } = await auth.grants.list({ accountId, clientId });
      return grants.map(({ grantId, issuedAt, lastUsedAt }) => ({
        grantId,
        since: new Date(issuedAt * 1000),
        used: lastUsedAt === undefined ? undefined : new Date(lastUsedAt * 1000),
      }));
    },
    async signOutDevice(grantId: string): Promise<void> {
      await auth.grants.revoke(grantId); // one browser or device; the consent stays
    },
    // #endregion grants

    // #region disconnect
    async disconnect(accountId: string, clientId: string): Promise<void> {
      await auth.revoke({ accountId, clientId }); // the consent and all grants
    },
    // #endregion disconnect
  };
}
