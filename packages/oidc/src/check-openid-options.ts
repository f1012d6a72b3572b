import { didYouMean, type OptionProblem } from '@gatehouse/core';
import { protocolClaims, reservedClaims } from '@gatehouse/core/openid';
import type { OpenidConnectOptions } from './options.js';
import { isStandard } from './tell-claims.js';
import { standardClaims } from './standard-claims.js';

const places = ['id_token', 'userinfo', 'access_token'];
const known: readonly (keyof OpenidConnectOptions<never>)[] = [
  'claims',
  'scopes',
  'acr',
  'idToken',
  'subject',
  'requestObjects',
  'pushedRequests',
];
/** What is wrong with the options, all at once. */
export function checkOpenidOptions(options: OpenidConnectOptions<never>): OptionProblem[] {
  const problems: OptionProblem[] = [];
  const report = (path: string, message: string): void =>
    void problems.push({ path: `openidConnect.${path}`, message });
  for (const name of Object.keys(options)) {
    if (!(known as readonly string[]).includes(name)) {
      report(name, `is not an option.${didYouMean(name, known)}`);
    }
  }
  const own = Object.keys(options.scopes ?? {});
  for (const [scope, entry] of Object.entries(options.claims ?? {})) {
    checkScope(scope, entry, own, report);
  }
  checkChoices(options, report);
  const { lifetimeSeconds } = options.idToken ?? {};
  if (
    lifetimeSeconds !== undefined &&
    !(Number.isSafeInteger(lifetimeSeconds) && lifetimeSeconds > 0)
  ) {
    report('idToken.lifetimeSeconds', 'must be a whole number of seconds, 1 or more.');
  }
  return problems;
}

const choices: Readonly<Record<string, readonly unknown[]>> = {
  subject: ['public', 'pairwise'],
  requestObjects: [true, false],
  pushedRequests: [true, false, 'always'],
};

function checkChoices(
  options: OpenidConnectOptions<never>,
  report: (path: string, message: string) => void,
): void {
  for (const [name, values] of Object.entries(choices)) {
    const given = (options as Readonly<Record<string, unknown>>)[name];
    if (given === undefined || values.includes(given)) continue;
    report(name, `must be ${values.map((value) => JSON.stringify(value)).join(' or ')}.`);
  }
}

function checkScope(
  scope: string,
  entry: unknown,
  own: readonly string[],
  report: (path: string, message: string) => void,
): void {
  const path = `claims.${scope}`;
  if (scope === 'openid' || scope === 'offline_access') {
    report(path, 'has no claims of its own. Put them under a scope like profile.');
    return;
  }
  if (!isStandard(scope) && !own.includes(scope)) {
    const hint = didYouMean(scope, [...Object.keys(standardClaims), ...own]);
    report(
      path,
      `is no scope.${hint || ` Declare it: scopes: { ${scope}: 'what people read on the consent page' }.`}`,
    );
    return;
  }
  if (typeof entry === 'function') return;
  if (typeof entry !== 'object' || entry === null) {
    report(path, 'must be a function of the account, or an object of single claims.');
    return;
  }
  for (const [claim, single] of Object.entries(entry))
    checkClaim(`${path}.${claim}`, claim, single);

  function checkClaim(at: string, claim: string, single: unknown): void {
    if (protocolClaims.has(claim))
      report(at, 'is a claim that the server writes itself. Remove it.');
    if (isStandard(scope) && !standardClaims[scope].includes(claim)) {
      report(at, `is no claim of ${scope}.${didYouMean(claim, standardClaims[scope])}`);
    }
    if (typeof single === 'function') return;
    const { value, in: where } = (single ?? {}) as { value?: unknown; in?: unknown };
    if (typeof value !== 'function' || !Array.isArray(where)) {
      report(at, 'must be a function of the account, or { value: (account) => …, in: [ … ] }.');
    } else if (!where.every((place) => places.includes(place as string))) {
      report(`${at}.in`, `must hold ${places.join(', ')} and nothing else.`);
    } else if (where.includes('access_token') && reservedClaims.has(claim)) {
      report(
        at,
        'is a claim that the server writes into access tokens itself. Give it another name.',
      );
    }
  }
}
