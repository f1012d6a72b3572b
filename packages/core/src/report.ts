import type { Logger } from './app/logger.js';
import type { Waiver } from './app/options.js';
import { ConfigurationError, type OptionProblem } from './errors.js';
import { showKey, showSecret, showValue } from './show-value.js';

/** A place in the options, where checks report. */
export interface Place {
  /** E.g. `clients[0].redirect_uris[1]`. */
  readonly path: string;
  /** The place of a member or of a list's item. */
  at(key: string | number): Place;
  /** The same place, whose values may be secret: from here on only their type and length are shown. */
  hidden(): Place;
  /** A value in the words of a message. */
  show(value: unknown): string;
  /** Reports what is wrong here. Returns nothing, which is what a check returns for a wrong value. */
  problem(message: string): undefined;
  /** Reports what production refuses, unless the host waives it by name. */
  unsafe(waiver: Waiver, message: string): void;
}

/** A problem that can be waived. */
interface UnsafeProblem extends OptionProblem {
  readonly waiver: Waiver;
}

/** Everything that the checks found. */
export interface Report {
  readonly root: Place;
  readonly problems: OptionProblem[];
  readonly unsafe: readonly UnsafeProblem[];
}

/** Starts a report. */
export function createReport(): Report {
  const problems: OptionProblem[] = [];
  const unsafe: UnsafeProblem[] = [];
  function placeAt(keys: string, show: Place['show']): Place {
    const path = keys || 'options';
    return {
      path,
      at: (key) => placeAt(join(keys, key), show),
      hidden: () => placeAt(keys, showSecret),
      show,
      problem: (message) => void problems.push({ path, message }),
      unsafe: (waiver, message) => void unsafe.push({ path, message, waiver }),
    };
  }
  return { root: placeAt('', showValue), problems, unsafe };
}

/** How {@link settleReport} judges what is unsafe. */
export interface SettleOptions {
  readonly production: boolean;
  readonly waivers: ReadonlySet<Waiver>;
  readonly logger: Logger;
}

/**
 * Throws everything that was found as one error, or logs what is unsafe and let through, once for each kind.
 *
 * @throws {ConfigurationError} `ERR_OPTIONS_INVALID`, or `ERR_UNSAFE_PRODUCTION` when all of it could be waived.
 */
export function settleReport(report: Report, { production, waivers, logger }: SettleOptions): void {
  const refused = report.unsafe.filter(({ waiver }) => production && !waivers.has(waiver));
  const problems = [
    ...report.problems,
    ...refused.map(({ path, message, waiver }) => ({
      path,
      message: `${message} Production refuses this unless "${waiver}" is in waivers.`,
    })),
  ];
  if (problems.length > 0) {
    const code = report.problems.length > 0 ? 'ERR_OPTIONS_INVALID' : 'ERR_UNSAFE_PRODUCTION';
    throw new ConfigurationError(code, problems);
  }
  for (const name of new Set(report.unsafe.map(({ waiver }) => waiver))) {
    const found = report.unsafe.filter(({ waiver }) => waiver === name);
    const why = waivers.has(name) ? 'waived' : 'production refuses this';
    logger.warn(
      { waiver: name, problems: found.map(({ path, message }) => ({ path, message })) },
      `unsafe configuration, ${why}: ${name}`,
    );
  }
}

function join(path: string, key: string | number): string {
  if (typeof key === 'number') return `${path}[${key}]`;
  const name = showKey(key);
  if (name.startsWith('"')) return `${path}[${name}]`;
  return path ? `${path}.${name}` : name;
}
