const least = 32;

/** How to make a secret that is not. */
export const recipe: string = 'Make one with "openssl rand -base64 32".';

/** Why a secret is too easy to guess, in words without the secret; nothing when it is not. */
export function weaknessOf(secret: string): string | undefined {
  if (secret.length < least) {
    return `must be ${least} random characters or more, got ${secret.length}.`;
  }
  if (new Set(secret).size < 8 || /^(.{1,16})\1+$/s.test(secret)) {
    return `must be ${least} random characters or more, got ${secret.length} that repeat a few.`;
  }
  return undefined;
}
