import type { OAuthError } from '../errors.js';
import { engine } from './load-engine.js';

/** The engine's own kind of error, so that it goes where the engine sends errors. A `cause` in words is for the log. */
export function asEngineError({ error, description, status, cause }: OAuthError): Error {
  const mapped = new engine.errors.CustomOIDCProviderError(error, description);
  const detail = typeof cause === 'string' ? { error_detail: cause } : {};
  return Object.assign(mapped, { status, statusCode: status, ...detail });
}
