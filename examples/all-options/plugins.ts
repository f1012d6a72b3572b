import type { ConsentScreenOptions } from '@gatehouse/consent';
import type { PasswordLoginOptions } from '@gatehouse/login-password';
import type { ClaimsMap, OpenidConnectOptions } from '@gatehouse/oidc';
import type { Every } from './every.js';
import { checkPassword, type User } from './your-app.js';

// #region password
/** Login by password. */
export const password = {
  // Your own check. Without it Gatehouse keeps the passwords: see `managedPasswords` in alternatives.ts.
  verify: ({ identifier, password }) => checkPassword(identifier, password),
  managed: undefined,
  hashing: undefined,
  identifier: {
    label: 'Email or username',
    // 'email' where it is nothing else: the browser insists on an address.
    type: 'text',
    autocomplete: 'username',
    // The keyboard of phones.
    inputmode: 'email',
    // As your own lookup does it: limits count by the result.
    normalize: (identifier) => identifier.normalize('NFKC').trim().toLowerCase().normalize('NFKC'),
  },
  // [{ label: 'Forgot your password?', url: '/reset' }]
  links: [],
  // So many failures in so many seconds, and how long to wait then. `false` when something before the app counts.
  limits: {
    // One name from one address.
    pair: [
      { points: 5, durationSeconds: 900, blockSeconds: 60 },
      { points: 10, durationSeconds: 3600, blockSeconds: 600 },
      { points: 20, durationSeconds: 86_400, blockSeconds: 3600 },
    ],
    // All names from one address. More where a whole school is behind one. Without `blockSeconds` one waits for the rest of the time.
    address: [{ points: 50, durationSeconds: 900, blockSeconds: undefined }],
    // One name from all addresses that it never logged in from.
    account: [
      { points: 20, durationSeconds: 900, blockSeconds: 60 },
      { points: 100, durationSeconds: 86_400, blockSeconds: 1800 },
    ],
  },
  // 'urn:acme:password': what such a login counts as, for clients and APIs that ask. Name it in `openid.acr` below too.
  acr: undefined,
} satisfies Every<PasswordLoginOptions<User>>;
// #endregion password

// #region consent
/** The consent screen, and the page of connected apps. */
export const consent = {
  // Whose name you vouch for. The page warns of every other client.
  isVerified: (client) => client.source === 'static',
  // Scopes that nothing works without: they cannot be unticked.
  fixedScopes: ['openid'],
  // `false` when your own settings page lists the apps, by `auth.grants`.
  apps: { path: '/apps' },
} satisfies Every<ConsentScreenOptions>;
// #endregion consent

// #region openid
/** OpenID Connect. */
export const openid = {
  // Nothing but `sub` by default. docs/guide/claims.md is about them.
  claims: {
    profile: (user) => ({ name: user.name }),
    email: { email: (user) => user.email },
  } satisfies ClaimsMap<User>,
  // { company: 'See your company' }: scopes of your own, or other words for the standard ones.
  scopes: {},
  // Classes that your logins say: ['urn:acme:hardware-key'].
  acr: [],
  idToken: {
    // Clients check it once, when they get it. Longer is for those that keep it as a hint.
    lifetimeSeconds: 3600,
    // Beside RS256, ES256 and those of the clients in your options: for clients that are registered later.
    algorithms: [],
  },
  // 'pairwise' before the first login, or never.
  subject: 'public',
  // `true` takes requests that are signed.
  requestObjects: false,
  // `true` takes requests that were pushed, 'always' no others.
  pushedRequests: false,
} satisfies Every<Omit<OpenidConnectOptions<User>, 'claims'>> & { claims: ClaimsMap<User> };
// #endregion openid
