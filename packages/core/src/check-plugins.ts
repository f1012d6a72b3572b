import { callable, type Check, type Checks, list, readMembers, required } from './check.js';
import { isPlainObject } from './is-plain-object.js';
import type { Plugin } from './plugin.js';
import type { Place } from './report.js';
import { quote } from './show-value.js';

/** Checks a name that becomes part of a path, a cookie or a form. */
export const pathSafe: Check<string> = (value, at) =>
  typeof value === 'string' && /^[a-z0-9][a-z0-9_-]{0,63}$/i.test(value)
    ? value
    : at.problem(`must be a name of letters, digits, "-" and "_", got ${at.show(value)}.`);

const checks = {
  name: required(pathSafe, 'A plugin has a name.'),
  after: list(pathSafe, "['consent']"),
  setup: required(callable, 'A plugin has a function setup(slots, runtime).'),
} satisfies Checks<Plugin>;

/** Checks the shape of one plugin. */
export const checkPlugin: Check<Plugin<never>> = (value, at) => {
  if (typeof value === 'function') {
    return at.problem('must be a plugin, got a function. Call it, like passwordLogin({ … }).');
  }
  if (!isPlainObject(value)) {
    return at.problem(`must be a plugin made by definePlugin, got ${at.hidden().show(value)}.`);
  }
  const members = readMembers(checks, value, at);
  return members?.wrong.size === 0 ? (value as Plugin<never> & typeof value) : undefined;
};

/** A plugin, and where it was given. */
export interface PlacedPlugin {
  readonly plugin: Plugin<never>;
  readonly at: Place;
}

/** Reports names that are taken, and `after` names that are missing, later, or in a circle. */
export function checkPluginOrder(plugins: readonly PlacedPlugin[]): void {
  const positions = new Map<string, number>();
  for (const [index, { plugin, at }] of plugins.entries()) {
    if (positions.has(plugin.name)) {
      at.at('name').problem(
        `is the name of another plugin too, got ${quote(plugin.name)}. Install each plugin once.`,
      );
    } else {
      positions.set(plugin.name, index);
    }
  }
  const afterOf = (name: string): readonly string[] =>
    plugins[positions.get(name) ?? -1]?.plugin.after ?? [];
  for (const [index, { plugin, at }] of plugins.entries()) {
    for (const name of plugin.after ?? []) {
      const position = positions.get(name);
      const pair = `${quote(plugin.name)} comes after ${quote(name)}`;
      if (position === undefined) {
        at.problem(`${pair}, which is not installed. Add it to plugins.`);
      } else if (reaches(name, plugin.name, afterOf)) {
        at.problem(`${pair}, which comes after ${quote(plugin.name)}. One of the two must not.`);
      } else if (position > index) {
        at.problem(`${pair}, which is installed later. Move it before ${quote(plugin.name)}.`);
      }
    }
  }
}

// Whether one name comes after another, by any number of steps; a circle elsewhere must not hold the walk.
function reaches(
  from: string,
  to: string,
  afterOf: (name: string) => readonly string[],
  seen: Set<string> = new Set(),
): boolean {
  if (from === to) return true;
  if (seen.has(from)) return false;
  seen.add(from);
  return afterOf(from).some((name) => reaches(name, to, afterOf, seen));
}
