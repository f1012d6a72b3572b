import { consentScreen } from '@gatehouse/consent';
import type { ResourcesOptions, ServerOptions } from '@gatehouse/core';
import { passwordLogin } from '@gatehouse/login-password';
import { openidConnect } from '@gatehouse/oidc';
import { accounts } from './accounts.js';
import { app } from './app.js';
import { web } from './clients.js';
import { type Every, given } from './every.js';
import { interaction } from './interaction.js';
import { issue } from './issue.js';
import { consent, openid, password } from './plugins.js';
import { api, notes } from './resources.js';
import { inMemory } from './stores.js';
import type { User } from './your-app.js';

// #region options
/** Everything that `createAuthorizationServer` takes. */
export const options = {
  ...app,
  // Needed. One of stores.ts, or your own.
  store: inMemory(),
  // (options) => new RateLimiterRedis({ storeClient, ...options }): another place than the store to count guesses in.
  limits: undefined,
  // Needed.
  accounts,
  // Needed; {} for none.
  resources: { [api]: notes },
  // None. A server without any has those that `auth.clients` makes.
  clients: [web],
  ...interaction,
  ...issue,
  // None. Set up in this order.
  plugins: [
    passwordLogin(given(password)),
    consentScreen(given(consent)),
    openidConnect<User>(given(openid)),
  ],
  // The last resort: no promise of ours holds for what it changes.
  dangerouslyConfigureEngine: undefined,
} satisfies Every<ServerOptions<User, ResourcesOptions>>;
// #endregion options
