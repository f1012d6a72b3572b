import type { IntrospectionCredential } from './introspector.js';
import { identifierProblem, slashProblem, urlProblem } from './secure-url.js';

/**
 * Options of `remoteSource`.
 *
 * @group resource
 */
export interface RemoteSourceOptions {
  /** The authorization server, exactly as its metadata spells it. */
  readonly issuer: string;
  /**
   * The issuer's keys.
   *
   * @default the `jwks_uri` of the issuer's metadata
   */
  readonly jwksUri?: string;
  /** Needed for opaque tokens. Without it they are refused. */
  readonly introspection?: IntrospectionCredential;
  /**
   * `'introspect'` asks the issuer about each JWT as well: a revoked one is refused within `introspectionCacheSeconds`, at the
   * price of a request.
   *
   * @default a JWT is good until it expires
   */
  readonly revocation?: 'introspect';
  /**
   * How long an answer "active" is believed; never past the token's expiry; 0 asks each time; 60 at most.
   *
   * @default 5
   */
  readonly introspectionCacheSeconds?: number;
  /**
   * After how long the keys are loaded again. They stay in use while the issuer cannot be reached.
   *
   * @default 600
   */
  readonly jwksMaxAgeSeconds?: number;
  /**
   * How long to wait before loading again, whatever tokens with unknown keys come in.
   *
   * @default 10
   */
  readonly cooldownSeconds?: number;
  /**
   * For each request to the issuer, its answer included.
   *
   * @default 5
   */
  readonly timeoutSeconds?: number;
  /** @default globalThis.fetch */
  readonly fetch?: typeof globalThis.fetch;
}

/** Throws a `TypeError` that names everything that is wrong. */
export function checkRemoteSourceOptions(options: RemoteSourceOptions): void {
  const { introspection, introspectionCacheSeconds = 0, issuer, jwksUri, revocation } = options;
  const problems: string[] = [];
  const report = (path: string, problem: string | undefined): void => {
    if (problem !== undefined) problems.push(`"${path}" ${problem}`);
  };
  // Without keys of its own it asks the metadata.
  const slash =
    jwksUri === undefined ? slashProblem(issuer, 'name its keys as jwksUri') : undefined;
  report('issuer', identifierProblem(issuer) ?? slash);
  if (jwksUri !== undefined) report('jwksUri', urlProblem(jwksUri));
  if (introspection?.endpoint !== undefined) {
    report('introspection.endpoint', urlProblem(introspection.endpoint));
  }
  if (introspection && !(introspection.client_id && introspection.client_secret)) {
    report('introspection', 'needs a client_id and a client_secret');
  }
  if (revocation !== undefined && revocation !== 'introspect') {
    report('revocation', "must be 'introspect', or left out");
  }
  if (revocation && !introspection) report('revocation', 'needs "introspection"');
  if (!(introspectionCacheSeconds >= 0 && introspectionCacheSeconds <= 60)) {
    report('introspectionCacheSeconds', 'must be between 0 and 60');
  }
  for (const name of ['jwksMaxAgeSeconds', 'cooldownSeconds', 'timeoutSeconds'] as const) {
    if (!((options[name] ?? 1) > 0)) report(name, 'must be more than 0');
  }
  if (problems.length > 0) throw new TypeError(`remoteSource: ${problems.join('; ')}`);
}
