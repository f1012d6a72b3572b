import { destinationOf } from './authorize/clients.js';
import { signingAlgorithms } from './authorize/key-algorithm.js';
import { openidProblems, openidTerms } from './authorize/openid-members.js';
import { requestProblems, requestTerms } from './authorize/request-members.js';
import { ownSets } from './issue/check-issue-options.js';
import { openidSignatures } from './issue/signing-needs.js';
import { featuresOf, type Registry } from './kernel.js';
import { createReport, type Place, type Report, settleReport } from './report.js';
import type { ResolvedClient, ResolvedOptions } from './resolved-options.js';
import { quote } from './show-value.js';
import { didYouMean } from './suggest-name.js';

/**
 * Checks what is only known once the plugins are set up: scopes, pages, whether people can log in and consent, and the checks
 * of the plugins themselves.
 *
 * @throws {ConfigurationError} with every problem at once, as `checkOptions` does.
 */
export function checkRegistry(options: ResolvedOptions, registry: Registry): void {
  const report = createReport();
  checkClientScopes(options, registry, report.root);
  checkFlows(options, registry, report.root);
  checkPages(options, registry, report.root);
  checkLoginMethods(registry, report.root);
  checkSignatures(options, registry, report.root);
  checkClientMembers(options, registry, report.root);
  runChecks(options, registry, report);
  settleReport(report, options);
}

// A client's scope names must be declared, by a resource or by a plugin.
function checkClientScopes(options: ResolvedOptions, registry: Registry, at: Place): void {
  const names = registry.scopes.map(({ value }) => value.name);
  const declared = new Set([...options.scopeOwner.keys(), ...names]);
  for (const [index, { scope }] of options.clients.entries()) {
    for (const name of scope.split(' ')) {
      if (name === '' || declared.has(name)) continue;
      const hint =
        openidHint(name, declared.has('openid')) ||
        didYouMean(name, declared) ||
        ' Declare it in the scopes of a resource.';
      at.at('clients')
        .at(index)
        .at('scope')
        .problem(`names ${quote(name)}, which no resource and no plugin declares.${hint}`);
    }
  }
}

// OpenID Connect Core §5.4, §11: no API declares these.
const openidScopes: ReadonlySet<string> = new Set(
  'openid profile email address phone offline_access'.split(' '),
);

function openidHint(name: string, hasOpenid: boolean): string {
  if (!openidScopes.has(name)) return '';
  return hasOpenid
    ? ` Add it to the claims of the plugin: openidConnect({ claims: { ${name}: (account) => ({ … }) } }).`
    : ' It is of OpenID Connect. Add openidConnect({ … }) of @gatehouse/oidc to plugins.';
}

// Whoever is sent to the login page must be able to log in there, and to consent where that is asked.
function checkFlows(options: ResolvedOptions, registry: Registry, at: Place): void {
  const logins = options.clients.filter(({ grant_types }) =>
    grant_types.includes('authorization_code'),
  );
  const [first] = logins;
  const place = at.at('plugins');
  if (first && registry.loginMethods.length === 0 && !options.accounts.fromRequest) {
    place.problem(
      `has no way to log in, which the client ${quote(first.client_id)} needs. Add one, like passwordLogin({ … }), or set accounts.fromRequest.`,
    );
  }
  if (registry.steps.some(({ value }) => value.name === 'consent')) return;
  const foreign = logins.find(({ firstParty }) => !firstParty);
  const unclaimed = logins.find(needsPress);
  if (foreign) {
    place.problem(
      `has no consent page, which the client ${quote(foreign.client_id)} needs. Add consentScreen(), or say firstParty: true if the client is your own.`,
    );
  } else if (unclaimed) {
    place.problem(
      `has no consent page, which the client ${quote(unclaimed.client_id)} needs: any program on the device can claim its redirect URI (RFC 8252 §8.6), so one press is asked. Add consentScreen().`,
    );
  }
}

function needsPress({ token_endpoint_auth_method, redirect_uris }: ResolvedClient): boolean {
  if (token_endpoint_auth_method !== 'none') return false;
  const kinds = redirect_uris.map((uri) => destinationOf(uri).kind);
  return kinds.includes('loopback') || kinds.includes('private-use');
}

function checkPages(options: ResolvedOptions, registry: Registry, at: Place): void {
  const names = registry.pages.map(({ value }) => value.name);
  for (const name of Object.keys(options.pages)) {
    if (names.includes(name)) continue;
    const hint = didYouMean(name, names) || ` There are: ${names.join(', ')}.`;
    at.at('pages').at(name).problem(`is no page.${hint}`);
  }
}

function checkLoginMethods(registry: Registry, at: Place): void {
  for (const { plugin, value } of registry.loginMethods) {
    if (value.limited) continue;
    at.at('plugins').unsafe(
      'unlimited-login',
      `let anyone guess without limit: the login method ${quote(value.name)} of ${quote(plugin)} is not limited.`,
    );
  }
}

// Keys that the host brings are all that there are.
function checkSignatures(options: ResolvedOptions, registry: Registry, at: Place): void {
  for (const [place, keys] of ownSets(options.keys, at.at('keys'))) {
    for (const { plugin, value } of registry.signatures) {
      if (keys.some((key) => key.alg === value.alg)) continue;
      place
        .at('keys')
        .problem(`has no key for ${value.alg}, which ${quote(plugin)} signs with. Add one.`);
    }
  }
}

function checkClientMembers(options: ResolvedOptions, registry: Registry, at: Place): void {
  const feature = registry.features.find(({ value }) => value.name === 'openid');
  const { openid: settings, ...more } = featuresOf(registry);
  const requests = requestTerms(more);
  const [own] = ownSets(options.keys, at.at('keys'));
  // A server that makes its keys makes them for every algorithm.
  const algorithms = new Set(own ? own[1].map(({ alg }) => alg) : signingAlgorithms);
  for (const { alg } of own ? openidSignatures([], settings) : []) {
    if (algorithms.has(alg)) continue;
    const who = quote(feature?.plugin ?? '');
    own?.[0]
      .at('keys')
      .problem(`has no key for ${alg}, which ${who} signs ID tokens with. Add one.`);
  }
  const { outbound } = options;
  const terms = settings && openidTerms(settings, { algorithms, outbound });
  for (const [index, client] of options.clients.entries()) {
    for (const [member, message] of [
      ...openidProblems(client, terms),
      ...requestProblems(client, requests),
    ]) {
      at.at('clients').at(index).at(member).problem(message);
    }
  }
}

// A plugin may be plain JavaScript: what its check throws or returns must not hide the other problems.
function runChecks(options: ResolvedOptions, registry: Registry, { root, problems }: Report): void {
  const { issuer, production, clients } = options;
  for (const { plugin, value: check } of registry.checks) {
    try {
      for (const { path, message } of check({ issuer, production, clients })) {
        problems.push({ path: String(path), message: String(message) });
      }
    } catch (error) {
      const why = error instanceof Error ? error.message : 'it threw something that is no Error';
      root.at('plugins').problem(`cannot be checked by ${quote(plugin)}: ${why}`);
    }
  }
}
