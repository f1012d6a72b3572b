import { signingAlgorithms } from './authorize/key-algorithm.js';
import { isScopeName } from './authorize/check-scope.js';
import type { ResourcesOptions } from './authorize/options.js';
import type { LimitDefinition } from './app/limits.js';
import {
  boolean,
  callable,
  type Check,
  contract,
  entriesOf,
  isRecord,
  list,
  oneOf,
  required,
  text,
} from './check.js';
import { pathSafe } from './check-plugins.js';
import type { OpenidProtocolPart, OpenidSettings } from './engine/openid-settings.js';
import type { EventName } from './events.js';
import type { JobDefinition } from './job.js';
import type { LoginMethod } from './interaction/login-method.js';
import type { PageDefinition } from './interaction/page.js';
import type { Step } from './interaction/step.js';
import type { ClaimsContributor, FeatureSwitch, Listener, Registry, StartCheck } from './kernel.js';
import type { Features, RouteDefinition, SignatureNeed } from './plugin.js';
import type { AuthorizationServer } from './server.js';
import type { KindDeclaration } from './store.js';

/** The parts of the registry that plugins fill. */
export type SlotName = Exclude<keyof Registry, 'plugins'>;

/** What may be put into a slot. */
export interface SlotRule<Value> {
  /** What a message calls it. */
  readonly word: string;
  readonly check: Check<Value>;
  /** Nobody else may add one of the same name. Without it any number is fine. */
  readonly nameOf?: (value: Value) => string;
}

/** The values of a slot. */
export type ValueIn<Slot extends SlotName> = Registry[Slot][number]['value'];

const name = required(pathSafe, 'It needs a name.');
const isFunction = required(callable, 'It must be a function.');
const isAnything: Check<unknown> = (value) => value;

const isPath: Check<`/${string}`> = (value, at) =>
  typeof value === 'string' && /^(?:\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+$/.test(value)
    ? (value as `/${string}`)
    : at.problem(`must be a path like "/apps", got ${at.show(value)}.`);

const isCount: Check<number> = (value, at) =>
  Number.isSafeInteger(value) && (value as number) > 0
    ? (value as number)
    : at.problem(`must be a whole number of 1 or more, got ${at.show(value)}.`);

const isScope: Check<string> = (value, at) =>
  typeof value === 'string' && isScopeName(value)
    ? value
    : at.problem(`must be a scope name, got ${at.show(value)}.`);

// As a record, so that a new member of the server that a plugin could replace does not compile.
const serverMembers: Readonly<Record<keyof AuthorizationServer<ResourcesOptions>, true>> = {
  issuer: true,
  routes: true,
  protect: true,
  of: true,
  clients: true,
  keys: true,
  grants: true,
  sessions: true,
  logOut: true,
  revoke: true,
  on: true,
  health: true,
  purge: true,
  close: true,
};

const isMemberName: Check<string> = (value, at) => {
  if (typeof value !== 'string' || !/^[a-z][A-Za-z0-9]{0,63}$/.test(value)) {
    return at.problem(`must be a name in camel case, got ${at.show(value)}.`);
  }
  // A server with a member `then` could not be awaited.
  return value === 'then' || Object.hasOwn(serverMembers, value)
    ? at.problem(`must not be a member that the server has, got ${at.show(value)}.`)
    : value;
};

const isKeys: Check<KindDeclaration['keys']> = (value, at) => {
  const keys = entriesOf(value, at, '{ accountId: {} }');
  for (const [key, declaration] of keys ?? []) {
    pathSafe(key, at.at(key));
    if (!isRecord(declaration)) at.at(key).problem('must be an object: {} or { unique: true }.');
  }
  return keys && (value as KindDeclaration['keys']);
};

const isDictionary: Check<Readonly<Record<string, string>>> = (value, at) => {
  const entries = entriesOf(value, at, '{ name: "text" }');
  const checked = entries?.map(([key, one]) => text(one, at.at(key)));
  return checked?.includes(undefined) ? undefined : (value as Readonly<Record<string, string>>);
};

const isProtocol: Check<OpenidProtocolPart> = (value, at) => {
  const { speaks } = Object(value) as Partial<OpenidProtocolPart>;
  return speaks === 'OpenID Connect Core 1.0'
    ? (value as OpenidProtocolPart)
    : at.problem('must be openidProtocol of @gatehouse/core/openid.');
};

const isOpenid = contract<OpenidSettings>({
  protocol: required(isProtocol, 'It is openidProtocol of @gatehouse/core/openid.'),
  claims: isFunction,
  claimScopes: required(isDictionary, 'Write {} when no claim can be asked for by name.'),
  acrValues: required(list(text), 'Write [] when logins say no context class.'),
  algorithms: required(list(oneOf(...signingAlgorithms)), 'Say which.'),
  idTokenLifetimeSeconds: required(isCount, 'Say how long an ID token is valid.'),
  logout: required(
    isAnything as Check<OpenidSettings['logout']>,
    'It is what slots.job() returns.',
  ),
  subject: required(oneOf('public', 'pairwise'), "Write 'public' where nothing speaks against it."),
});

const settingsOf: { readonly [Name in keyof Features]: Check<Features[Name]> } = {
  openid: isOpenid,
  requestObjects: contract<Features['requestObjects']>({}),
  pushedRequests: contract<Features['pushedRequests']>({
    required: required(boolean, 'Say whether every request must be pushed.'),
  }),
};

const featureName = oneOf(...(Object.keys(settingsOf) as (keyof Features)[]));

const isFeature: Check<FeatureSwitch> = (value, at) => {
  const { name: given, settings } = (isRecord(value) ? value : {}) as Partial<FeatureSwitch>;
  const found = featureName(given, at.at('name'));
  const isSet = found && settingsOf[found](settings, at.at('settings')) !== undefined;
  return isSet ? (value as FeatureSwitch) : undefined;
};

/** One rule for each slot: its shape, and whether a name in it is taken once. */
export const slotRules: { readonly [Slot in SlotName]: SlotRule<ValueIn<Slot>> } = {
  loginMethods: {
    word: 'login method',
    check: contract<LoginMethod>({
      name,
      label: required(text, 'It is what the login page calls the method.'),
      limited: required(boolean, 'Say whether guesses against it are limited.'),
      view: isFunction,
      submit: isFunction,
      callback: callable,
      signIn: callable,
    }),
    nameOf: (method) => method.name,
  },
  steps: {
    word: 'step',
    check: contract<Step>({
      name,
      requestable: boolean,
      after: list(pathSafe, "['login']"),
      before: list(pathSafe, "['consent']"),
      required: isFunction,
      show: isFunction,
      submit: isFunction,
      callback: callable,
    }),
    nameOf: (step) => step.name,
  },
  pages: {
    word: 'page',
    check: contract<PageDefinition<never>>({
      name,
      title: isFunction,
      scripts: boolean,
      render: isFunction,
    }),
    nameOf: (page) => page.name,
  },
  routes: {
    word: 'route',
    check: contract<RouteDefinition>({
      method: required(oneOf('GET', 'POST'), 'Say GET or POST.'),
      path: required(isPath, 'Say where it is, below the path of the issuer.'),
      handle: isFunction,
    }),
    nameOf: ({ method, path }) => `${method} ${path}`,
  },
  scopes: {
    word: 'scope',
    check: contract<ValueIn<'scopes'>>({
      name: required(isScope, 'It needs a name.'),
      description: required(text, 'It is what the consent page shows.'),
    }),
    nameOf: (scope) => scope.name,
  },
  claims: { word: 'claims function', check: callable as Check<ClaimsContributor> },
  kinds: {
    word: 'kind',
    check: contract<KindDeclaration>({
      kind: name,
      keys: required(isKeys, 'Write {} when records are found by id alone.'),
    }),
    nameOf: ({ kind }) => kind,
  },
  metadata: {
    word: 'metadata member',
    check: contract<ValueIn<'metadata'>>({
      name,
      value: required(isAnything, 'It needs a value.'),
    }),
    nameOf: (member) => member.name,
  },
  listeners: {
    word: 'listener',
    check: contract<Listener>({
      name: required(text as Check<EventName>, 'It needs the name of an event.'),
      listener: isFunction,
    }),
  },
  limits: {
    word: 'limit',
    check: contract<LimitDefinition>({
      name: required(text, 'It needs a name.'),
      points: required(isCount, 'Say how many.'),
      durationSeconds: required(isCount, 'Say in how many seconds.'),
      blockSeconds: isCount,
    }),
    nameOf: (limit) => limit.name,
  },
  jobs: {
    word: 'job',
    check: contract<JobDefinition>({
      name,
      run: isFunction,
      abandoned: callable,
      lifetimeSeconds: isCount,
      timeoutSeconds: isCount,
    }),
    nameOf: (job) => job.name,
  },
  checks: { word: 'check', check: callable as Check<StartCheck> },
  extensions: {
    word: 'server member',
    check: contract<ValueIn<'extensions'>>({
      name: required(isMemberName, 'It needs a name.'),
      api: required(isAnything, 'It needs an object of functions.'),
    }),
    nameOf: (extension) => extension.name,
  },
  signatures: {
    word: 'signature',
    check: contract<SignatureNeed>({
      alg: required(oneOf(...signingAlgorithms), 'Say which algorithm.'),
      lifetimeSeconds: required(isCount, 'Say how long what it signs lives.'),
    }),
  },
  features: {
    word: 'feature',
    check: isFeature,
    nameOf: (feature) => feature.name,
  },
};
