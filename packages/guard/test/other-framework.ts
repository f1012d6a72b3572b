import { type Guard, GuardError } from '@gatehouse/guard';
import type { api, resources } from './issuer.js';

/** The guard in front of a handler of the Fetch API. */
export function protectFetch(
  guard: Guard<typeof resources>,
  resource: typeof api,
): (request: Request) => Promise<Response> {
  // #region fetch
  return async (request) => {
    const token = /^bearer +(.*)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
    try {
      const auth = await guard.verify(resource, token, { scope: 'notes:read' });
      return Response.json({ notesOf: auth.accountId });
    } catch (error) {
      if (!(error instanceof GuardError)) throw error;
      const { body, headers, status } = error;
      return new Response(body && JSON.stringify(body), { status, headers });
    }
  };
  // #endregion fetch
}
