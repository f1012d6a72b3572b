import { createGuard, type Guard, remoteSource } from '@gatehouse/guard';

type Resources = Parameters<typeof createGuard>[0]['resources'];

export function introspectingGuard(
  issuer: string,
  resources: Resources,
  client_secret: string,
): Guard<Resources> {
  // #region introspecting
  return createGuard({
    issuer,
    resources,
    source: remoteSource({
      issuer,
      introspection: { client_id: 'notes-api', client_secret },
      revocation: 'introspect', // JWTs too; leave it out to trust them until they expire
    }),
  });
  // #endregion introspecting
}
