import { challenge } from './challenge.js';
import type { Route } from './route.js';

/**
 * Error codes that an API answers.
 *
 * @group resource
 * @see [RFC 6750 §3.1](https://www.rfc-editor.org/rfc/rfc6750.html#section-3.1)
 * @see [RFC 9470 §3](https://www.rfc-editor.org/rfc/rfc9470.html#section-3)
 */
export type GuardErrorCode =
  | 'invalid_request'
  | 'invalid_token'
  | 'insufficient_scope'
  | 'insufficient_user_authentication'
  | 'temporarily_unavailable';

const statusOf: Readonly<Record<GuardErrorCode, number>> = {
  invalid_request: 400,
  invalid_token: 401,
  insufficient_scope: 403,
  insufficient_user_authentication: 401,
  temporarily_unavailable: 503,
};

const retryAfterSeconds = 5;

/**
 * A refused request: `status`, `headers` and `body` are the answer, for any framework.
 *
 * @group resource
 * @see [RFC 6750 §3](https://www.rfc-editor.org/rfc/rfc6750.html#section-3)
 */
export class GuardError extends Error {
  override readonly name = 'GuardError';
  /** None when no token was sent: RFC 6750 §3.1 then wants a challenge without an error. */
  readonly error: GuardErrorCode | undefined;
  /** The check that refused, for the log. */
  readonly check: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: { readonly error: string; readonly error_description: string } | undefined;

  constructor(
    check: string,
    error: GuardErrorCode | undefined,
    description: string,
    route: Route,
    options?: ErrorOptions,
  ) {
    super(`${check}: ${description}`, options);
    this.error = error;
    this.check = check;
    this.status = error === undefined ? 401 : statusOf[error];
    this.headers = {
      'Cache-Control': 'no-store',
      // An outage is no statement about the token: a challenge would make clients throw good tokens away.
      ...(error === 'temporarily_unavailable'
        ? { 'Retry-After': String(retryAfterSeconds) }
        : { 'WWW-Authenticate': challenge(route, error, description) }),
    };
    this.body = error && { error, error_description: description };
  }
}
