import { appOptionNames, checkAppOptions } from './app/check-app-options.js';
import {
  authorizeOptionNames,
  checkAuthorizeOptions,
} from './authorize/check-authorize-options.js';
import type { ResourcesOptions } from './authorize/options.js';
import {
  boolean,
  callable,
  type Check,
  type Checks,
  contract,
  isRecord,
  list,
  readMembers,
  reportUnknown,
  required,
  secret,
  text,
} from './check.js';
import { checkPlugin } from './check-plugins.js';
import type { MakeCounter } from './counter.js';
import { ConfigurationError } from './errors.js';
import {
  checkInteractionOptions,
  interactionOptionNames,
} from './interaction/check-interaction-options.js';
import { checkIssueOptions, issueOptionNames } from './issue/check-issue-options.js';
import type { ServerOptions } from './options.js';
import { createReport, type Place, settleReport } from './report.js';
import type { ResolvedOptions } from './resolved-options.js';
import { quote } from './show-value.js';
import type { Store } from './store.js';

type OwnOptions = Pick<
  ServerOptions<unknown, ResourcesOptions>,
  'store' | 'limits' | 'plugins' | 'dangerouslyConfigureEngine'
>;
type Configure = NonNullable<OwnOptions['dangerouslyConfigureEngine']>;
type ResolvedOwn = Pick<
  ResolvedOptions,
  'store' | 'limits' | 'plugins' | 'dangerouslyConfigureEngine'
>;

const storeFunction = required(callable, 'A store has find, commit and list.');
const storeShape = contract<Store>({
  name: required(text, 'A store has a name, for the log.'),
  durable: required(boolean, 'A store says whether it survives a restart.'),
  find: storeFunction,
  commit: storeFunction,
  list: storeFunction,
  findRelated: callable,
  open: callable,
  close: callable,
  purge: callable,
  limiter: callable,
});

const checkStore: Check<Store> = (value, at) =>
  typeof value === 'function'
    ? at.problem('must be a store, got a function. Call it, like memoryStore().')
    : storeShape(value, at);

// A store may hold the password of its database.
const checks = {
  store: required(secret(checkStore), 'Set it to a store: memoryStore() on a laptop.'),
  limits: callable as Check<MakeCounter>,
  plugins: list(checkPlugin, '[passwordLogin({ … }), consentScreen()]'),
  dangerouslyConfigureEngine: callable as Check<Configure>,
} satisfies Checks<OwnOptions>;

const names: readonly string[] = [
  ...appOptionNames,
  ...authorizeOptionNames,
  ...interactionOptionNames,
  ...issueOptionNames,
  ...Object.keys(checks),
];

/**
 * Checks everything that the host gave, fills the defaults in, and warns about what is only fit for a laptop.
 *
 * @throws {ConfigurationError} with every problem at once: `ERR_OPTIONS_INVALID`, or `ERR_UNSAFE_PRODUCTION` when all of them
 * could be waived.
 */
export function checkOptions(
  options: unknown,
  env: Readonly<Record<string, string | undefined>>,
): ResolvedOptions {
  const report = createReport();
  const at = report.root;
  const production = env.NODE_ENV === 'production';
  if (!isRecord(options)) {
    at.problem(
      `must be an object, got ${at.show(options)}. Write it like { issuer: …, secrets: …, … }.`,
    );
    throw new ConfigurationError('ERR_OPTIONS_INVALID', report.problems);
  }
  reportUnknown(options, names, at);
  const app = checkAppOptions(options, at, production);
  const authorize = checkAuthorizeOptions(options, at);
  const interaction = checkInteractionOptions(options, at);
  const { hasOwnKeys, ...issue } = checkIssueOptions(options, at, authorize.resources.values());
  const own = checkOwnOptions(options, at, hasOwnKeys);
  settleReport(report, { production, waivers: app.waivers, logger: app.logger });
  return Object.freeze({ production, ...app, ...authorize, ...interaction, ...issue, ...own });
}

function checkOwnOptions(options: object, at: Place, hasOwnKeys: boolean): ResolvedOwn {
  const values = readMembers(checks, options, at)?.values ?? {};
  const { store, limits, plugins = [], dangerouslyConfigureEngine } = values;
  if (store?.durable === false) {
    at.at('store').unsafe(
      'memory-store',
      `forgets every session and grant when the process ends: the store ${quote(String(store.name))} is not durable.`,
    );
    if (!hasOwnKeys) {
      at.at('keys').unsafe(
        'throw-away-keys',
        'are made anew at every start, since the store does not keep them. Set keys.jwks or keys.signer, or use a durable store.',
      );
    }
  }
  return {
    // Read only when nothing was wrong.
    store: store as Store,
    plugins,
    ...(limits && { limits }),
    ...(dangerouslyConfigureEngine && { dangerouslyConfigureEngine }),
  };
}
