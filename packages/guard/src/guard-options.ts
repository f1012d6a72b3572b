import type { GuardSource } from './guard-source.js';
import { identifierProblem, slashProblem } from './secure-url.js';

/**
 * The APIs that a guard protects, by resource identifier (an absolute URL), with their scopes and what these allow.
 *
 * @group resource
 * @see [RFC 8707 §2](https://www.rfc-editor.org/rfc/rfc8707.html#section-2)
 */
export type GuardResources = Readonly<
  Record<string, { readonly name?: string; readonly scopes: Readonly<Record<string, string>> }>
>;

/**
 * Where a guard writes; `console` fits. It never gets a token.
 *
 * @group resource
 */
export interface GuardLogger {
  /** Each refusal, with the check that refused. */
  debug(message: string, details: Record<string, unknown>): void;
  /** Each time that the source does not answer. */
  warn(message: string, details: Record<string, unknown>): void;
}

/**
 * Options of `createGuard`.
 *
 * @group resource
 */
export interface GuardOptions<R extends GuardResources = GuardResources> {
  /** The authorization server, exactly as its metadata and its tokens spell it. */
  readonly issuer: string;
  /**
   * Takes an `http:` issuer on another machine, for a network without TLS: needs a `source`, since `remoteSource` loads no keys that way.
   *
   * @default false
   */
  readonly dangerouslyAllowHttpIssuer?: boolean;
  readonly resources: R;
  /**
   * Where keys, revocations and introspection come from.
   *
   * @default remoteSource({ issuer })
   */
  readonly source?: GuardSource;
  /**
   * How many verified JWTs are remembered per resource; 0 verifies each signature again.
   *
   * @default 5000
   */
  readonly cacheSize?: number;
  /**
   * By how much the clocks of issuer and API may differ.
   *
   * @default 5
   */
  readonly clockToleranceSeconds?: number;
  /** @default warnings become process warnings (`GatehouseWarning`), refusals go nowhere */
  readonly logger?: GuardLogger;
  /**
   * The time in epoch seconds.
   *
   * @default the system's
   */
  readonly clock?: () => number;
}

const scopeToken = /^[\x21\x23-\x5b\x5d-\x7e]+$/; // RFC 6749 §3.3

/** Throws a `TypeError` that names everything that is wrong. */
export function checkGuardOptions(options: GuardOptions): void {
  const { resources, cacheSize = 0, clockToleranceSeconds = 0 } = options;
  const problems: string[] = [];
  const report = (path: string, problem: string | undefined): void => {
    if (problem !== undefined) problems.push(`"${path}" ${problem}`);
  };
  report('issuer', issuerProblem(options));
  const entries = Object.entries(resources ?? {});
  if (entries.length === 0) report('resources', 'must declare at least one resource');
  for (const [resource, declared] of entries) {
    const path = `resources[${JSON.stringify(resource)}]`;
    report(path, identifierProblem(resource));
    if (typeof declared?.scopes !== 'object' || declared.scopes === null) {
      report(`${path}.scopes`, 'must be an object: scope to what it allows');
      continue;
    }
    for (const scope of Object.keys(declared.scopes)) {
      if (!scopeToken.test(scope)) {
        report(
          `${path}.scopes`,
          `has ${JSON.stringify(scope)}, which is no scope: spaces, quotes and backslashes are not allowed`,
        );
      }
    }
  }
  if (!(Number.isSafeInteger(cacheSize) && cacheSize >= 0)) {
    report('cacheSize', 'must be a whole number, 0 or more');
  }
  if (!(clockToleranceSeconds >= 0 && clockToleranceSeconds <= 300)) {
    // Each second of tolerance is a second that an expired token lives on.
    report('clockToleranceSeconds', 'must be between 0 and 300');
  }
  if (problems.length > 0) throw new TypeError(`createGuard: ${problems.join('; ')}`);
}

function issuerProblem({
  issuer,
  source,
  dangerouslyAllowHttpIssuer,
}: GuardOptions): string | undefined {
  return (
    identifierProblem(issuer, dangerouslyAllowHttpIssuer === true) ??
    // Whoever brings a source has said where keys come from.
    (source
      ? undefined
      : slashProblem(issuer, 'give a source: remoteSource({ issuer, jwksUri, … })'))
  );
}
