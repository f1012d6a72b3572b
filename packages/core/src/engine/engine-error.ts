import type { OAuthError } from '../errors.js';
import { engine } from './load-engine.js';

/** The engine's own kind of error, so that it goes where the engine sends errors. */
export function asEngineError({ error, description, status }: OAuthError): Error {
  const mapped = new engine.errors.CustomOIDCProviderError(error, description);
  return Object.assign(mapped, { status, statusCode: status });
}
