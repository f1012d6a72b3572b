import { recipe, weaknessOf } from '../app/weak-secret.js';
import { type Check, secret } from '../check.js';

/** Checks a client_id: visible ASCII and spaces (RFC 6749 appendix A.1). */
export const checkClientId: Check<string> = (value, at) =>
  typeof value === 'string' && /^[\x20-\x7e]{1,255}$/.test(value)
    ? value
    : at.problem(`must be 1 to 255 ASCII characters, got ${at.show(value)}.`);

/** Checks the secret of a client, or of a resource's own credential. */
export const checkClientSecret: Check<string> = secret((value, at) => {
  if (typeof value !== 'string' || !/^[\x20-\x7e]+$/.test(value)) {
    return at.problem(
      `must be a text of ASCII characters, got ${at.show(value)}. Is its environment variable set?`,
    );
  }
  const weakness = weaknessOf(value);
  if (weakness) at.unsafe('short-client-secret', `${weakness} ${recipe}`);
  return value;
});
