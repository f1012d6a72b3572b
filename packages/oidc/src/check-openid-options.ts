import { didYouMean, type OptionProblem, showValue } from '@gatehouse/core';
import { checkClaims, isRecord, type ReportProblem } from './check-claims.js';
import type { OpenidConnectOptions } from './options.js';
import type { ScopeEntry } from './tell-claims.js';

type Options = OpenidConnectOptions<never>;
type Algorithm = NonNullable<NonNullable<Options['idToken']>['algorithms']>[number];

/** The options as they are used, and what is wrong with those that the host gave. */
export interface CheckedOptions {
  /** What is wrong is not here: nothing trips over it, and everything is reported at once. */
  readonly options: Required<Omit<Options, 'claims' | 'idToken'>> &
    Required<NonNullable<Options['idToken']>> & {
      readonly claims: ReadonlyMap<string, ScopeEntry>;
    };
  readonly problems: readonly OptionProblem[];
}

const known: readonly (keyof Options)[] = [
  'claims',
  'scopes',
  'acr',
  'idToken',
  'subject',
  'requestObjects',
  'pushedRequests',
];
const knownOfIdToken: readonly (keyof NonNullable<Options['idToken']>)[] = [
  'lifetimeSeconds',
  'algorithms',
];
const algorithmNames: readonly Algorithm[] = ['ES256', 'RS256', 'PS256', 'EdDSA'];
const defaultLifetimeSeconds = 3600;

/** Checks the options, all at once. In JavaScript anything may stand there. */
export function checkOpenidOptions(given: unknown): CheckedOptions {
  const problems: OptionProblem[] = [];
  const reportAt = (path: string, message: string): void => void problems.push({ path, message });
  const report: ReportProblem = (path, message) => reportAt(`openidConnect.${path}`, message);
  if (given !== undefined && !isRecord(given)) {
    reportAt(
      'openidConnect',
      `must get an object, got ${showValue(given)}. Write it like openidConnect({ claims: { … } }).`,
    );
  }
  const options: Readonly<Record<string, unknown>> = isRecord(given) ? given : {};
  reportUnknown(options, known, '', report);
  const scopes = checkScopes(options.scopes, report);
  const idToken = checkIdToken(options.idToken, report);
  return {
    options: {
      claims: checkClaims(options.claims, Object.keys(scopes), report),
      scopes,
      acr: checkContexts(options.acr, report),
      ...idToken,
      subject: oneOf('subject', options.subject, ['public', 'pairwise'], report),
      requestObjects: oneOf('requestObjects', options.requestObjects, [false, true], report),
      pushedRequests: oneOf(
        'pushedRequests',
        options.pushedRequests,
        [false, true, 'always'],
        report,
      ),
    },
    problems,
  };
}

function reportUnknown(
  options: object,
  names: readonly string[],
  path: string,
  report: ReportProblem,
): void {
  for (const name of Object.keys(options)) {
    if (names.includes(name)) continue;
    const hint = didYouMean(name, names) || ` Known here: ${names.join(', ')}.`;
    report(`${path}${name}`, `is not an option.${hint}`);
  }
}

function checkScopes(given: unknown, report: ReportProblem): Readonly<Record<string, string>> {
  const example = "Write it like { company: 'See your company' }.";
  if (given === undefined) return {};
  if (!isRecord(given)) {
    report('scopes', `must be an object, got ${showValue(given)}. ${example}`);
    return {};
  }
  const scopes: Record<string, string> = {};
  for (const [scope, words] of Object.entries(given)) {
    const isText = typeof words === 'string' && words.trim() !== '';
    scopes[scope] = isText ? words : scope;
    if (isText) continue;
    const what = `must be what people read on the consent page, got ${showValue(words)}.`;
    report(`scopes.${scope}`, `${what} ${example}`);
  }
  return scopes;
}

function checkContexts(given: unknown, report: ReportProblem): readonly string[] {
  if (given === undefined) return [];
  const isName = (name: unknown): boolean => typeof name === 'string' && name.trim() !== '';
  if (Array.isArray(given) && given.every(isName)) return [...(given as string[])];
  const example = typeof given === 'string' ? showValue(given) : '"urn:acme:mfa"';
  report('acr', `must be an array of names, got ${showValue(given)}. Write it like [${example}].`);
  return [];
}

function checkIdToken(
  given: unknown,
  report: ReportProblem,
): Pick<CheckedOptions['options'], 'lifetimeSeconds' | 'algorithms'> {
  const defaults = { lifetimeSeconds: defaultLifetimeSeconds, algorithms: [] };
  if (given === undefined) return defaults;
  if (!isRecord(given)) {
    const what = `must be an object, got ${showValue(given)}.`;
    report('idToken', `${what} Write it like { lifetimeSeconds: 3600 }.`);
    return defaults;
  }
  reportUnknown(given, knownOfIdToken, 'idToken.', report);
  return {
    lifetimeSeconds: checkLifetime(given.lifetimeSeconds, report),
    algorithms: checkAlgorithms(given.algorithms, report),
  };
}

function checkLifetime(given: unknown, report: ReportProblem): number {
  if (given === undefined) return defaultLifetimeSeconds;
  if (typeof given === 'number' && Number.isSafeInteger(given) && given > 0) return given;
  report(
    'idToken.lifetimeSeconds',
    `must be a whole number of seconds, 1 or more, got ${showValue(given)}.`,
  );
  return defaultLifetimeSeconds;
}

function checkAlgorithms(given: unknown, report: ReportProblem): readonly Algorithm[] {
  if (given === undefined) return [];
  const algorithms = Array.isArray(given) ? (given as unknown[]) : [];
  const isKnown = (alg: unknown): alg is Algorithm => algorithmNames.includes(alg as Algorithm);
  const wrong = Array.isArray(given) ? algorithms.find((alg) => !isKnown(alg)) : given;
  if (Array.isArray(given) && algorithms.every(isKnown)) return algorithms;
  report(
    'idToken.algorithms',
    `must hold ${algorithmNames.join(', ')} and nothing else, got ${showValue(wrong)}. Write it like ['EdDSA'].`,
  );
  return [];
}

/** The first one is the default. */
function oneOf<Value>(
  path: string,
  given: unknown,
  values: readonly [Value, ...Value[]],
  report: ReportProblem,
): Value {
  const [standard] = values;
  if (given === undefined) return standard;
  if (values.includes(given as Value)) return given as Value;
  const names = values.map((value) => JSON.stringify(value)).join(' or ');
  const hint = typeof given === 'string' ? didYouMean(given, values.map(String)) : '';
  report(path, `must be ${names}, got ${showValue(given)}.${hint}`);
  return standard;
}
