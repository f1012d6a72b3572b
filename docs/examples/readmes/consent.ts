// #region install
import { consentScreen } from '@gatehouse/consent';
import { createAuthorizationServer } from '@gatehouse/core';
import { passwordLogin } from '@gatehouse/login-password';
import { options } from './options.js';

export const auth = await createAuthorizationServer({
  ...options, // issuer, secrets, store, accounts, resources, clients
  plugins: [passwordLogin(), consentScreen()],
});
// #endregion install
