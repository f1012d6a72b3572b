// #region install
import { consentScreen } from '@gatehouse/consent';
import { type ClientOptions, createAuthorizationServer } from '@gatehouse/core';
import { passwordLogin } from '@gatehouse/login-password';
import { openidConnect } from '@gatehouse/oidc';
import { options, type User } from './options.js';

export const auth = await createAuthorizationServer({
  ...options, // issuer, secrets, store, accounts, resources, clients
  plugins: [
    passwordLogin(),
    consentScreen(),
    openidConnect<User>({
      claims: { email: (user) => ({ email: user.email, email_verified: true }) },
    }),
  ],
});
// #endregion install

// #region claims
export const identity = openidConnect<User>({
  claims: {
    // All claims of a scope at once. The function may be async, and a claim may have a language.
    profile: async (user) => ({ name: user.id, 'name#de': user.id }),
    // Or one by one, each with its places where they are not the usual one, which is userinfo.
    email: {
      email: { value: (user) => user.email, in: ['id_token', 'userinfo'] },
      email_verified: () => true,
    },
    // A scope of your own.
    company: { company_id: { value: () => 'acme', in: ['userinfo', 'access_token'] } },
  },
  scopes: { company: 'See your company' },
});
// #endregion claims

// #region backchannel
export const shop: ClientOptions = {
  client_id: 'shop',
  client_secret: process.env.SHOP_SECRET ?? '',
  redirect_uris: ['https://shop.example/callback'],
  scope: 'openid',
  backchannel_logout_uri: 'https://shop.example/logged-out',
};
// #endregion backchannel

// #region requests
export const strict = openidConnect<User>({
  subject: 'pairwise', // each client knows a person by another `sub`
  requestObjects: true, // a request may be a JWT that its client has signed
  pushedRequests: true, // or be pushed to /par first; 'always': must be
});
// #endregion requests
