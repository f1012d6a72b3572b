import { html, type PageDefinition, type RouteDefinition, type Runtime } from '@gatehouse/core';
import type { Terms } from './terms-of-service.js';

interface AcceptedData {
  readonly version: string | undefined;
}

/** Shows which version was accepted. */
export const acceptedPage: PageDefinition<AcceptedData> = {
  name: 'accepted-terms',
  title: () => 'Accepted terms',
  render: ({ version }, { form }) => html`
    <h1>Accepted terms</h1>
    <p>${version === undefined ? 'None so far.' : `Version ${version}.`}</p>
    <form method="post" action="${form?.action}">
      <input type="hidden" name="csrf" value="${form?.csrf}">
      <button>Withdraw</button>
    </form>`,
};

// #region routes
/** `GET /terms` shows what the signed-in account accepted, `POST /terms` withdraws it. */
export function termsRoutes(terms: Terms, { sessions }: Runtime): RouteDefinition[] {
  return [
    {
      method: 'GET',
      path: '/terms',
      async handle(request) {
        const session = await sessions.find(request);
        if (!session) return sessions.signIn(request);
        const version = await terms.acceptedBy(session.account.accountId);
        const form = { action: request.url, csrf: session.csrf };
        return { page: acceptedPage.name, data: { version }, form };
      },
    },
    {
      method: 'POST',
      path: '/terms',
      async handle(request) {
        const session = await sessions.find(request);
        if (!session) return sessions.signIn(request);
        const refusal = sessions.refuseForm(request, session);
        if (refusal) return refusal;
        await terms.forget(session.account.accountId);
        return { redirect: request.url };
      },
    },
  ];
}
// #endregion routes
