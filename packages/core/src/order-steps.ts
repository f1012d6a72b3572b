import type { Step } from './interaction/step.js';
import type { Contribution } from './kernel.js';
import type { Place } from './report.js';
import { quote } from './show-value.js';

type StepEntry = Contribution<Step>;

/** The steps as they run: in the order of their plugins, and each after those that it names. Reports what cannot be. */
export function orderSteps(
  steps: readonly StepEntry[],
  placeOf: (plugin: string) => Place,
): readonly StepEntry[] {
  const names = new Set(steps.map(({ value }) => value.name));
  for (const { plugin, value } of steps) {
    for (const name of value.after ?? []) {
      if (names.has(name)) continue;
      placeOf(plugin).problem(
        `the step ${quote(value.name)} comes after the step ${quote(name)}, which no plugin adds.`,
      );
    }
  }
  let waiting = steps;
  const ordered: StepEntry[] = [];
  while (waiting.length > 0) {
    const open = new Set(waiting.map(({ value }) => value.name));
    const next = waiting.find(
      ({ value }) =>
        !value.after?.some((name) => open.has(name)) &&
        !waiting.some((other) => other.value.before?.includes(value.name)),
    );
    if (!next) {
      const circle = waiting.map(({ value }) => quote(value.name)).join(', ');
      placeOf(waiting[0]?.plugin ?? '').problem(`the steps ${circle} wait for one another.`);
      return steps;
    }
    ordered.push(next);
    waiting = waiting.filter((step) => step !== next);
  }
  return ordered;
}
