import { ConfigurationError } from './errors.js';
import type { Contribution, FeatureSwitch, SetUpOptions } from './kernel.js';
import type { Slots } from './plugin.js';
import type { Place } from './report.js';
import { quote } from './show-value.js';
import { type SlotName, type SlotRule, slotRules, type ValueIn } from './slot-rules.js';

/** What the plugins have contributed so far. */
export type Ledger = { readonly [Slot in SlotName]: Contribution<ValueIn<Slot>>[] };

/** A ledger that nobody has written to. */
export function emptyLedger(): Ledger {
  return {
    loginMethods: [],
    steps: [],
    pages: [],
    routes: [],
    scopes: [],
    claims: [],
    kinds: [],
    metadata: [],
    listeners: [],
    limits: [],
    jobs: [],
    checks: [],
    extensions: [],
    signatures: [],
    features: [],
  };
}

/** The slots of one plugin. */
export interface OpenSlots {
  readonly slots: Slots<never>;
  /** Whatever is added later throws. */
  close(): void;
}

/** Opens the slots of a plugin. What it adds is checked here and reported at its place. */
export function openSlots(
  plugin: string,
  at: Place,
  ledger: Ledger,
  { createLimiter, createJob, scopeOwner }: SetUpOptions,
): OpenSlots {
  let isOpen = true;

  function add<Slot extends SlotName>(slot: Slot, member: keyof Slots, given: unknown): boolean {
    const { word, check, nameOf }: SlotRule<ValueIn<Slot>> = slotRules[slot];
    const entries: Contribution<ValueIn<Slot>>[] = ledger[slot];
    if (!isOpen) {
      const message = `${quote(plugin)} adds a ${word} after its setup. Add it while setup runs.`;
      throw new ConfigurationError('ERR_PLUGIN_INVALID', [{ path: at.path, message }]);
    }
    const value = check(given, at.at(member));
    if (value === undefined) return false;
    const name = nameOf?.(value);
    const other = entries.find((entry) => name !== undefined && nameOf?.(entry.value) === name);
    if (other) {
      const whose =
        other.plugin === plugin ? 'which it adds twice' : `which ${quote(other.plugin)} adds too`;
      at.problem(
        `${quote(plugin)} adds the ${word} ${quote(name ?? '')}, ${whose}. Only one can be.`,
      );
      return false;
    }
    entries.push(Object.freeze({ plugin, value }));
    return true;
  }

  const slots: Slots<never> = {
    loginMethod: (method) => void add('loginMethods', 'loginMethod', method),
    step: (step) => void add('steps', 'step', step),
    page: (page) => void add('pages', 'page', page),
    routes: (route) => void add('routes', 'routes', route),
    scope(name, description) {
      const owner = isOpen ? scopeOwner.get(name) : undefined;
      if (owner === undefined) return void add('scopes', 'scope', { name, description });
      at.problem(
        `${quote(plugin)} adds the scope ${quote(name)}, which the resource ${quote(owner)} declares too. Rename it there.`,
      );
    },
    claims: (contribute) => void add('claims', 'claims', contribute),
    kind: (declaration) => void add('kinds', 'kind', declaration),
    metadata: (name, value) => void add('metadata', 'metadata', { name, value }),
    on: (name, listener) => void add('listeners', 'on', { name, listener }),
    limit(definition) {
      // What is wrong is reported by then, and this ends the setup, which has nothing to go on with.
      if (!add('limits', 'limit', definition)) throw new Error('the limit cannot be made');
      return createLimiter(definition);
    },
    job(definition) {
      if (!add('jobs', 'job', definition)) throw new Error('the job cannot be made');
      return createJob(definition);
    },
    check: (check) => void add('checks', 'check', check),
    extend: (name, api) => void add('extensions', 'extend', { name, api }),
    signature: (need) => void add('signatures', 'signature', need),
    feature: (name, settings) =>
      void add('features', 'feature', { name, settings } as FeatureSwitch),
  };
  return {
    slots: Object.freeze(slots),
    close() {
      isOpen = false;
    },
  };
}
