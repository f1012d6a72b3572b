// A page of devices that knows which of them this browser is, as the guide to sessions shows it.
import {
  definePlugin,
  html,
  type ManagedSessions,
  type PageDefinition,
  type Plugin,
  type RouteDefinition,
  type Runtime,
  type SessionView,
} from '@gatehouse/core';

interface Device {
  readonly since: string;
  readonly isThis: boolean;
}

const devicesPage: PageDefinition<{ readonly devices: readonly Device[] }> = {
  name: 'devices',
  title: () => 'Where you are signed in',
  render: ({ devices }, { form }) => html`
    <h1>Where you are signed in</h1>
    <ul>${devices.map(({ since, isThis }) => html`<li>${since}${isThis ? ', this browser' : ''}</li>`)}</ul>
    <form method="post" action="${form?.action}">
      <input type="hidden" name="csrf" value="${form?.csrf}">
      <button>Sign out the others</button>
    </form>`,
};

// #region routes
/** `{issuer}/devices`: where the person is signed in, and the button that ends all of it but this browser. */
export function deviceRoutes(list: SessionList, { sessions }: Runtime): RouteDefinition[] {
  return [
    {
      method: 'GET',
      path: '/devices',
      async handle(request) {
        const here = await sessions.find(request);
        if (!here) return sessions.signIn(request);
        const devices = (await list.of(here.account.accountId)).map((session) => ({
          since: new Date(session.createdAt * 1000).toUTCString(),
          isThis: session.sessionId === here.sessionId,
        }));
        const form = { action: request.url, csrf: here.csrf };
        return { page: devicesPage.name, data: { devices }, form };
      },
    },
    {
      method: 'POST',
      path: '/devices',
      async handle(request) {
        const here = await sessions.find(request);
        if (!here) return sessions.signIn(request);
        const refusal = sessions.refuseForm(request, here);
        if (refusal) return refusal;
        for (const { sessionId } of await list.of(here.account.accountId)) {
          if (sessionId !== here.sessionId) await list.end(sessionId);
        }
        return { redirect: request.url };
      },
    },
  ];
}
// #endregion routes

/** As much of `auth.sessions` as the page needs. */
export interface SessionList {
  of(accountId: string): Promise<SessionView[]>;
  end(sessionId: string): Promise<void>;
}

/** The list behind the page. `sessions` is asked when somebody comes: the server is made after its plugins. */
export function sessionList(sessions: () => ManagedSessions): SessionList {
  return {
    async of(accountId) {
      const found: SessionView[] = [];
      let cursor: string | undefined;
      do {
        const from = cursor === undefined ? {} : { cursor };
        const page = await sessions().list({ accountId, ...from });
        found.push(...page.sessions);
        cursor = page.cursor;
      } while (cursor !== undefined);
      return found;
    },
    end: (sessionId) => sessions().revoke({ sessionId }),
  };
}

/** The page as a plugin. */
export function devices(sessions: () => ManagedSessions): Plugin {
  return definePlugin({
    name: 'devices',
    setup(slots, runtime) {
      slots.page(devicesPage);
      for (const route of deviceRoutes(sessionList(sessions), runtime)) slots.routes(route);
    },
  });
}
