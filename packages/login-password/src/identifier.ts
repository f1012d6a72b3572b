/** Longest identifier: an e-mail address has at most 254 characters, and a user name is shorter. */
export const longestIdentifier = 320;

/**
 * One spelling for what people type in many: compatibility forms, case and outer spaces are one, as in RFC 8265's
 * UsernameCaseMapped. Lower case after NFKC, since NFKC makes new capitals.
 */
export function normalizeIdentifier(identifier: string): string {
  return identifier.normalize('NFKC').trim().toLowerCase().normalize('NFKC');
}

/** The identifier in one spelling, or nothing when it cannot be one. */
export function usableIdentifier(
  identifier: string,
  normalize: (identifier: string) => string,
): string | undefined {
  // Before and after: NFKC can make one character into eighteen.
  if (identifier.length > longestIdentifier) return undefined;
  const normalized = normalize(identifier);
  return normalized === '' || normalized.length > longestIdentifier ? undefined : normalized;
}
