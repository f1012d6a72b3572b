import { checkIdleWithin, day, lifetime } from '../app/check-lifetime.js';
import { callable, type Check, type Checks, entriesOf, object, readMembers } from '../check.js';
import type { Place } from '../report.js';
import type { ResolvedOptions } from '../resolved-options.js';
import type { InteractionOptions, PageReplacements } from './options.js';

type ResolvedInteraction = Pick<
  ResolvedOptions,
  'interactionLifetimeSeconds' | 'session' | 'pages'
>;
type Part<Name extends keyof InteractionOptions> = NonNullable<InteractionOptions[Name]>;

const interaction = {
  lifetimeSeconds: lifetime({ max: day }),
} satisfies Checks<Part<'interaction'>>;

// Browsers forget a cookie after 400 days (RFC 6265bis §5.5).
const session = {
  idleSeconds: lifetime({ max: 400 * day }),
  absoluteSeconds: lifetime({ max: 400 * day }),
} satisfies Checks<Part<'session'>>;

// Which names exist is known after the plugins are set up.
const checkPages: Check<PageReplacements> = (value, at) => {
  const pages = entriesOf(value, at, '{ login: (view) => … }');
  for (const [name, render] of pages ?? []) callable(render, at.at(name));
  return pages && (Object.fromEntries(pages) as PageReplacements);
};

const checks = {
  interaction: object(interaction),
  session: object(session),
  pages: checkPages,
} satisfies Checks<InteractionOptions>;

/** The names of the options that {@link checkInteractionOptions} reads. */
export const interactionOptionNames: readonly string[] = Object.keys(checks);

/** Checks how people log in and consent. What is wrong is reported, and stands as its default in the result. */
export function checkInteractionOptions(options: object, at: Place): ResolvedInteraction {
  const values = readMembers(checks, options, at)?.values ?? {};
  const { idleSeconds = 14 * day, absoluteSeconds = 90 * day } = values.session ?? {};
  checkIdleWithin({ idleSeconds, absoluteSeconds }, at.at('session'));
  return {
    interactionLifetimeSeconds: values.interaction?.lifetimeSeconds ?? 3600,
    session: { idleSeconds, absoluteSeconds },
    pages: values.pages ?? {},
  };
}
