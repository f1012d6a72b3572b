import { OAuthError } from '../errors.js';

/** What a caller is told who failed too often to authenticate as a client. */
export function tooManyAttempts(): OAuthError {
  const options = { status: 429 };
  return new OAuthError('temporarily_unavailable', 'too many failed attempts, wait', options);
}
