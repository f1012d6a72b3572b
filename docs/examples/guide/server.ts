import { type ConsentPageData, consentScreen } from '@gatehouse/consent';
import {
  createAuthorizationServer,
  html,
  type InteractionOptions,
  type IssueOptions,
  type LoginPageData,
  type PageContext,
  type Store,
} from '@gatehouse/core';
import { passwordLogin } from '@gatehouse/login-password';
import { clients } from './clients.js';

export const api = 'https://acme.example/api';
export const ledger = 'https://acme.example/ledger';

/** A user of the app. */
export interface User {
  readonly id: string;
  readonly email: string;
  readonly active: boolean;
  /** Epoch second of the last "log out everywhere". */
  readonly loggedOutAt?: number;
}

/** The app's own user table. */
export interface Users {
  find(id: string): Promise<User | undefined>;
  check(email: string, password: string): Promise<User | undefined>;
}

// #region resources
export const resources = {
  [api]: {
    name: 'Acme API',
    scopes: { 'notes:read': 'Read your notes', 'notes:write': 'Change your notes' },
  },
  [ledger]: {
    name: 'Ledger',
    scopes: { 'ledger:read': 'See your balance' },
    accessToken: { format: 'opaque' },
    introspection: { client_id: 'ledger-api', client_secret: process.env.LEDGER_SECRET ?? '' },
  },
} as const;
// #endregion resources

// #region theme
export const theme = {
  name: 'Acme',
  logo: '/logo.svg',
  colors: { accent: '#0b6e4f', accentDark: '#4fd1a5' },
  links: [
    { label: 'Imprint', url: '/imprint' },
    { label: 'Privacy', url: 'https://acme.example/privacy' },
  ],
};
// #endregion theme

// #region lifetimes
export const lifetimes = {
  code: { lifetimeSeconds: 60 },
  refreshToken: {
    idleSeconds: 14 * 24 * 3600,
    absoluteSeconds: 90 * 24 * 3600,
    replayWindowSeconds: { public: 60, confidential: 600 },
  },
  session: { idleSeconds: 8 * 3600, absoluteSeconds: 24 * 3600 },
} satisfies IssueOptions & InteractionOptions;
// #endregion lifetimes

/** The server of the guide, in production. */
export async function createServer(users: Users, store: Store) {
  // #region accounts
  const accounts = {
    async find(id: string): Promise<User | undefined> {
      const user = await users.find(id);
      return user?.active ? user : undefined;
    },
    id: (user: User) => user.id,
    label: (user: User) => user.email,
    sessionsValidFrom: (user: User) => user.loggedOutAt,
  };
  // #endregion accounts

  // #region secrets
  const { GATEHOUSE_SECRET = '', GATEHOUSE_SECRET_OLD } = process.env;
  const secrets = [GATEHOUSE_SECRET, ...(GATEHOUSE_SECRET_OLD ? [GATEHOUSE_SECRET_OLD] : [])];
  // #endregion secrets

  // #region verify
  const login = passwordLogin<User>({
    verify: ({ identifier, password }) => users.check(identifier, password),
    identifier: { label: 'Email', type: 'email' },
    links: [{ label: 'Forgot your password?', url: '/reset' }],
  });
  // #endregion verify

  return createAuthorizationServer({
    issuer: 'https://acme.example/auth',
    secrets,
    store,
    accounts,
    resources,
    clients,
    theme,
    pages,
    ...lifetimes,
    plugins: [login, consentScreen()],
  });
}

/** The server of the guide. */
export type Server = Awaited<ReturnType<typeof createServer>>;

// #region pages
export const pages = {
  login: ({ methods, error }: LoginPageData, { form }: PageContext) => html`
    <h1>Welcome back</h1>
    ${error && html`<p class="alert" role="alert">${error}</p>`}
    <form method="post" action="${form?.action}">
      <input type="hidden" name="csrf" value="${form?.csrf}">
      <input type="hidden" name="method" value="${methods[0]?.name}">
      ${methods[0]?.form.fields.map(
        ({ name, label, type }) => html`
          <label for="${name}">${label}</label>
          <input id="${name}" name="${name}" type="${type}" required>`,
      )}
      <button class="primary">Sign in</button>
    </form>`,
  consent: ({ client, groups }: ConsentPageData, { form }: PageContext) => html`
    <h1>${client.name} asks for access</h1>
    <form method="post" action="${form?.action}">
      <input type="hidden" name="csrf" value="${form?.csrf}">
      ${groups.flatMap(({ scopes }) =>
        scopes.map(
          ({ name, description }) => html`
            <label><input type="checkbox" name="scope:${name}" checked> ${description}</label>`,
        ),
      )}
      <button class="primary" name="decision" value="allow">Allow</button>
      <button class="quiet" name="decision" value="deny">Cancel</button>
    </form>`,
};
// #endregion pages
