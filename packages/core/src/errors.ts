/** Codes of {@link ConfigurationError}, each described in `docs/reference/errors.md`. */
export type ConfigurationErrorCode =
  | 'ERR_OPTIONS_INVALID'
  | 'ERR_UNSAFE_PRODUCTION'
  | 'ERR_PLUGIN_INVALID'
  | 'ERR_SECRET_WRONG'
  | 'ERR_SESSION_MIDDLEWARE_ORDER'
  | 'ERR_USAGE';

/** One thing that is wrong with the options. */
export interface OptionProblem {
  /** Where in the options, e.g. `clients[0].redirect_uris[1]`. */
  readonly path: string;
  /** What is wrong, what was given, and the fix, in one sentence each. */
  readonly message: string;
}

/** A mistake of the host, found at start. `problems` lists everything that is wrong, not only the first. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly code: ConfigurationErrorCode;
  readonly problems: readonly OptionProblem[];

  constructor(
    code: ConfigurationErrorCode,
    problems: readonly OptionProblem[],
    options?: ErrorOptions,
  ) {
    super(
      `${code}: ${problems.map(({ path, message }) => `\n  - ${path}: ${message}`).join('')}`,
      options,
    );
    this.code = code;
    this.problems = problems;
  }
}

/** Error codes that reach a client, by the RFC that registers them. */
export type OAuthErrorCode =
  | 'access_denied' // RFC 6749 §4.1.2.1
  | 'consent_required' // OpenID Connect Core §3.1.2.6
  | 'interaction_required'
  | 'invalid_client' // RFC 6749 §5.2
  | 'invalid_grant'
  | 'invalid_request'
  | 'invalid_request_object' // RFC 9101 §7
  | 'invalid_request_uri'
  | 'invalid_scope'
  | 'invalid_target' // RFC 8707 §2
  | 'invalid_token' // RFC 6750 §3.1
  | 'login_required'
  | 'server_error'
  | 'temporarily_unavailable'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'unsupported_response_type';

/**
 * An error that a client sees. `description` is written for the client developer and holds no secret; `cause` goes to the
 * log event only.
 */
export class OAuthError extends Error {
  override readonly name = 'OAuthError';
  readonly error: OAuthErrorCode;
  readonly status: number;
  readonly description: string;

  constructor(
    error: OAuthErrorCode,
    description: string,
    options: ErrorOptions & { readonly status?: number } = {},
  ) {
    super(`${error}: ${description}`, options);
    this.error = error;
    this.status = options.status ?? (error === 'invalid_client' ? 401 : 400);
    this.description = description;
  }
}
