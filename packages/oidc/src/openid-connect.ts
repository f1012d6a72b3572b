import { definePlugin, type Plugin } from '@gatehouse/core';
import { openidProtocol } from '@gatehouse/core/openid';
import { backchannelLogout } from './backchannel-logout.js';
import { checkOpenidOptions } from './check-openid-options.js';
import { formPostPage } from './form-post-page.js';
import { logoutPage } from './logout-page.js';
import type { OpenidConnectOptions } from './options.js';
import { selectAccountPage, selectAccountStep } from './select-account.js';
import { claimScopesOf, type ScopeEntry, tellClaims } from './tell-claims.js';

const words: Readonly<Record<string, string>> = {
  openid: 'Know who you are',
  profile: 'See your name and profile',
  email: 'See your email address',
  address: 'See your postal address',
  phone: 'See your phone number',
  offline_access: 'Stay connected while you are away',
};

const defaultLifetimeSeconds = 3600;

/**
 * Makes the server an OpenID Provider: ID tokens, userinfo, the discovery document, and the request parameters of OpenID Connect.
 *
 * @example openidConnect<User>({ claims: { profile: (user) => ({ name: user.name }) } })
 * @see [OpenID Connect Core](https://openid.net/specs/openid-connect-core-1_0.html)
 */
export function openidConnect<Account = unknown>(
  options: OpenidConnectOptions<Account> = {},
): Plugin<Account> {
  const map = new Map(Object.entries(options.claims ?? {}) as [string, ScopeEntry][]);
  const { idToken = {}, acr = [], scopes = {} } = options;
  return definePlugin<Account>({
    name: 'oidc',
    setup(slots, runtime) {
      slots.check(() => checkOpenidOptions(options as OpenidConnectOptions<never>));
      const names = new Set(['openid', ...map.keys(), ...Object.keys(scopes), 'offline_access']);
      for (const name of names) slots.scope(name, scopes[name] ?? words[name] ?? name);
      slots.page(formPostPage);
      slots.page(selectAccountPage);
      slots.page(logoutPage);
      slots.step(selectAccountStep);
      slots.claims((account, { scope }) =>
        tellClaims(map, account as never, {
          place: 'access_token',
          scope,
          asked: [],
          whole: false,
        }),
      );
      slots.feature('openid', {
        protocol: openidProtocol,
        claims: (account, { use, scope, asked, whole }) =>
          tellClaims(map, account as never, { place: use, scope, asked, whole }),
        claimScopes: claimScopesOf(map),
        acrValues: acr,
        algorithms: ['RS256', ...(idToken.algorithms ?? [])],
        idTokenLifetimeSeconds: idToken.lifetimeSeconds ?? defaultLifetimeSeconds,
        logout: slots.job(backchannelLogout(runtime)),
        subject: options.subject === 'pairwise' ? 'pairwise' : 'public',
      });
      const { requestObjects, pushedRequests } = options;
      if (requestObjects) slots.feature('requestObjects', {});
      if (pushedRequests)
        slots.feature('pushedRequests', { required: pushedRequests === 'always' });
    },
  });
}
