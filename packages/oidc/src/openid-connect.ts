import { definePlugin, type Plugin } from '@gatehouse/core';
import { openidProtocol } from '@gatehouse/core/openid';
import { backchannelLogout } from './backchannel-logout.js';
import { checkOpenidOptions } from './check-openid-options.js';
import { formPostPage } from './form-post-page.js';
import { logoutPage } from './logout-page.js';
import type { OpenidConnectOptions } from './options.js';
import { selectAccountPage, selectAccountStep } from './select-account.js';
import { claimScopesOf, createTeller } from './tell-claims.js';

const words: Readonly<Record<string, string>> = {
  openid: 'Know who you are',
  profile: 'See your name and profile',
  email: 'See your email address',
  address: 'See your postal address',
  phone: 'See your phone number',
  offline_access: 'Stay connected while you are away',
};

/**
 * Makes the server an OpenID Provider: ID tokens, userinfo, the discovery document, and the request parameters of OpenID Connect.
 *
 * @example openidConnect<User>({ claims: { profile: (user) => ({ name: user.name }) } })
 * @see [OpenID Connect Core](https://openid.net/specs/openid-connect-core-1_0.html)
 */
export function openidConnect<Account = unknown>(
  options: OpenidConnectOptions<Account> = {},
): Plugin<Account> {
  const { options: checked, problems } = checkOpenidOptions(options);
  const { claims: map, scopes } = checked;
  return definePlugin<Account>({
    name: 'oidc',
    setup(slots, runtime) {
      slots.check(() => problems);
      const tell = createTeller(map, runtime.logger);
      const names = new Set(['openid', ...map.keys(), ...Object.keys(scopes), 'offline_access']);
      for (const name of names) slots.scope(name, scopes[name] ?? words[name] ?? name);
      slots.page(formPostPage);
      slots.page(selectAccountPage);
      slots.page(logoutPage);
      slots.step(selectAccountStep);
      slots.claims((account, { scope }) =>
        tell(account as never, {
          place: 'access_token',
          scope,
          asked: [],
          whole: false,
        }),
      );
      slots.feature('openid', {
        protocol: openidProtocol,
        claims: (account, { use, scope, asked, whole }) =>
          tell(account as never, { place: use, scope, asked, whole }),
        claimScopes: claimScopesOf(map),
        acrValues: checked.acr,
        algorithms: ['RS256', ...checked.algorithms],
        idTokenLifetimeSeconds: checked.lifetimeSeconds,
        logout: slots.job(backchannelLogout(runtime)),
        subject: checked.subject,
      });
      const { requestObjects, pushedRequests } = checked;
      if (requestObjects) slots.feature('requestObjects', {});
      if (pushedRequests)
        slots.feature('pushedRequests', { required: pushedRequests === 'always' });
    },
  });
}
