import type {
  ClientView,
  ErrorPageData,
  RouteDefinition,
  RouteReply,
  RouteRequest,
  Runtime,
} from '@gatehouse/core';
import { appsData } from './apps-data.js';
import { appsPage } from './apps-page.js';

const label = 'apps-cursor';

/** GET shows what the signed-in account is connected to; POST with `client_id` and `csrf` ends one. */
export function appsRoutes(
  path: `/${string}`,
  isVerified: (client: ClientView) => boolean,
  { connections, open, seal, sessions }: Runtime,
): RouteDefinition[] {
  async function show(request: RouteRequest): Promise<RouteReply> {
    const session = await sessions.find(request);
    if (!session) return sessions.signIn(request);
    const { accountId } = session.account;
    const cursor = openCursor(accountId, request.query.get('cursor') ?? '');
    const page = await connections.list(accountId, cursor === undefined ? {} : { cursor });
    return {
      page: appsPage.name,
      data: appsData(session.account, page, isVerified, urlOfNext(request, accountId, page.cursor)),
      form: { action: request.url, csrf: session.csrf },
    };
  }

  async function remove(request: RouteRequest): Promise<RouteReply> {
    const session = await sessions.find(request);
    if (!session) return sessions.signIn(request);
    const refusal = sessions.refuseForm(request, session);
    if (refusal) return refusal;
    const clientId = request.fields.get('client_id');
    if (clientId === undefined || clientId === '') return nothingChosen(request.url);
    // The account is the session's and never the form's. A client that it is not connected to is answered in the same way.
    await connections.revoke(session.account.accountId, clientId);
    return { redirect: request.url };
  }

  // Threat: a store's own cursor, made up or of another account's list. It travels sealed, with the account that it is for.
  function urlOfNext(
    { url }: RouteRequest,
    accountId: string,
    cursor: string | undefined,
  ): string | undefined {
    if (cursor === undefined) return undefined;
    return `${url}?cursor=${encodeURIComponent(seal(label, JSON.stringify([accountId, cursor])))}`;
  }

  function openCursor(accountId: string, sealed: string): string | undefined {
    const text = open(label, sealed);
    if (text === undefined) return undefined;
    const [owner, cursor] = JSON.parse(text) as [string, string];
    return owner === accountId ? cursor : undefined;
  }

  return [
    { method: 'GET', path, handle: show },
    { method: 'POST', path, handle: remove },
  ];
}

function nothingChosen(url: string): RouteReply {
  const data: ErrorPageData = {
    kind: 'invalid_request',
    title: 'Nothing was removed',
    message: 'The form did not say which app to remove.',
    action: { label: 'See your connected apps', url },
    error: 'invalid_request',
    errorDescription: 'client_id is missing, or came more than once',
  };
  return { page: 'error', status: 400, data };
}
