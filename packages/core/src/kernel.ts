import { types } from 'node:util';
import type { LimitDefinition, Limiter } from './app/limits.js';
import { checkPlugin, checkPluginOrder, type PlacedPlugin } from './check-plugins.js';
import { ConfigurationError, type OptionProblem } from './errors.js';
import type { EventListener, EventName } from './events.js';
import type { JobDefinition, JobHandle } from './job.js';
import type { LoginMethod } from './interaction/login-method.js';
import type { PageDefinition } from './interaction/page.js';
import type { Step } from './interaction/step.js';
import { orderSteps } from './order-steps.js';
import type {
  CheckContext,
  Features,
  Plugin,
  RouteDefinition,
  Runtime,
  SignatureNeed,
  Slots,
} from './plugin.js';
import { createReport, type Place, type Report } from './report.js';
import { quote } from './show-value.js';
import { emptyLedger, openSlots } from './slots.js';
import type { KindDeclaration } from './store.js';

/** What a plugin put into a slot. */
export interface Contribution<Value> {
  /** The name of the plugin. */
  readonly plugin: string;
  readonly value: Value;
}

/** Everything that the plugins contributed, in the order of the plugins; the steps in the order in which they run. Frozen. */
export interface Registry {
  /** Names of all plugins, those of the server itself too. */
  readonly plugins: readonly string[];
  readonly loginMethods: readonly Contribution<LoginMethod>[];
  readonly steps: readonly Contribution<Step>[];
  readonly pages: readonly Contribution<PageDefinition<never>>[];
  readonly routes: readonly Contribution<RouteDefinition>[];
  /** Scopes that belong to no resource. */
  readonly scopes: readonly Contribution<{ readonly name: string; readonly description: string }>[];
  readonly claims: readonly Contribution<ClaimsContributor>[];
  readonly kinds: readonly Contribution<KindDeclaration>[];
  readonly metadata: readonly Contribution<{ readonly name: string; readonly value: unknown }>[];
  readonly listeners: readonly Contribution<Listener>[];
  readonly limits: readonly Contribution<LimitDefinition>[];
  readonly jobs: readonly Contribution<JobDefinition>[];
  readonly checks: readonly Contribution<StartCheck>[];
  /** Members of the server object. */
  readonly extensions: readonly Contribution<{ readonly name: string; readonly api: object }>[];
  /** Algorithms that plugins sign with. */
  readonly signatures: readonly Contribution<SignatureNeed>[];
  readonly features: readonly Contribution<FeatureSwitch>[];
}

/** Adds claims to the access tokens of accounts. */
export type ClaimsContributor = Parameters<Slots<never>['claims']>[0];

/** A feature that is on, with how it is set. */
export type FeatureSwitch = {
  readonly [Name in keyof Features]: { readonly name: Name; readonly settings: Features[Name] };
}[keyof Features];

/** The features that are on, with their settings. */
export function featuresOf({ features }: Pick<Registry, 'features'>): Partial<Features> {
  return Object.fromEntries(features.map(({ value }) => [value.name, value.settings]));
}

/** A check before start. */
export type StartCheck = (context: CheckContext) => readonly OptionProblem[];

/** Listens to the events of a name. */
export interface Listener {
  readonly name: EventName;
  readonly listener: EventListener<never>;
}

/** What {@link Kernel.setUp} gives to the plugins, and checks them against. */
export interface SetUpOptions {
  readonly runtime: Runtime;
  readonly createLimiter: (definition: LimitDefinition) => Limiter;
  readonly createJob: <Payload>(definition: JobDefinition<Payload>) => JobHandle<Payload>;
  /** Scope name to the resource that declares it. */
  readonly scopeOwner: ReadonlyMap<string, string>;
}

/** Plugins that were verified and wait for their set-up. */
export interface Kernel {
  readonly plugins: readonly string[];
  /**
   * Runs each `setup` once, in order, and returns what they contributed.
   *
   * @throws {ConfigurationError} `ERR_PLUGIN_INVALID` with everything that is wrong with it.
   */
  setUp(options: SetUpOptions): Registry;
}

/**
 * Verifies all plugins before any of them runs: shape, names and order. `builtIns` are the server's own, and come first.
 *
 * @throws {ConfigurationError} `ERR_PLUGIN_INVALID` with everything that is wrong.
 */
export function createKernel(
  plugins: readonly Plugin<never>[],
  builtIns: readonly Plugin<never>[] = [],
): Kernel {
  const report = createReport();
  const { root } = report;
  const placed = [
    ...builtIns.flatMap((plugin) => place(plugin, root.at('core').at(plugin.name))),
    ...plugins.flatMap((plugin, index) => place(plugin, root.at('plugins').at(index))),
  ];
  checkPluginOrder(placed);
  throwProblems(report);
  return {
    plugins: placed.map(({ plugin }) => plugin.name),
    setUp: (options) => setUp(placed, report, options),
  };
}

function place(given: unknown, at: Place): PlacedPlugin[] {
  const plugin = checkPlugin(given, at);
  return plugin ? [{ plugin, at }] : [];
}

function setUp(placed: readonly PlacedPlugin[], report: Report, options: SetUpOptions): Registry {
  const ledger = emptyLedger();
  const causes: unknown[] = [];
  for (const { plugin, at } of placed) {
    const known = report.problems.length;
    const { slots, close } = openSlots(plugin.name, at, ledger, options);
    try {
      const returned: unknown = plugin.setup(slots, options.runtime);
      if (types.isPromise(returned)) {
        returned.catch(() => undefined);
        at.problem(`${quote(plugin.name)} has an async setup. Await what it needs before.`);
      }
    } catch (cause) {
      causes.push(cause);
      // Often it only trips over what was reported a moment ago.
      if (report.problems.length === known) {
        at.problem(`${quote(plugin.name)} cannot be set up: ${messageOf(cause)}`);
      }
    }
    close();
  }
  const places = new Map(placed.map(({ plugin, at }) => [plugin.name, at]));
  const steps = orderSteps(ledger.steps, (plugin) => places.get(plugin) ?? report.root);
  throwProblems(report, causes[0]);
  const plugins = placed.map(({ plugin }) => plugin.name);
  const registry: Registry = { ...ledger, steps, plugins };
  for (const entries of Object.values(registry)) Object.freeze(entries);
  return Object.freeze(registry);
}

function throwProblems({ problems }: Report, cause?: unknown): void {
  if (problems.length === 0) return;
  throw new ConfigurationError(
    'ERR_PLUGIN_INVALID',
    problems,
    cause === undefined ? {} : { cause },
  );
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : 'it threw something that is no Error';
}
