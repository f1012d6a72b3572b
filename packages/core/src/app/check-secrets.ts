import { type Check, list } from '../check.js';
import { recipe, weaknessOf } from './weak-secret.js';

/** How to set the secrets when they are missing. */
export const secretsFix: string = `Set it to an array of at least one secret. ${recipe}`;

/** Checks the server's own secrets. */
export const checkSecrets: Check<readonly string[]> = (value, at) => {
  const secrets = list(checkSecret, "['…']")(value, at);
  if (secrets?.length === 0) {
    return at.problem(`must hold at least one secret. ${recipe}`);
  }
  return secrets;
};

const checkSecret: Check<string> = (value, at) => {
  if (typeof value !== 'string' || value === '') {
    return at.problem(
      `must be a secret text, got ${at.show(value)}. Is its environment variable set? ${recipe}`,
    );
  }
  const weakness = weaknessOf(value);
  if (weakness) at.unsafe('short-secret', `${weakness} ${recipe}`);
  return value;
};
