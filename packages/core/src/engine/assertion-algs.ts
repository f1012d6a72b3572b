/** Algorithms of client assertions. No HS*: their key would be the stored hash of the secret. */
export const assertionAlgs: readonly string[] = ['ES256', 'RS256', 'PS256', 'EdDSA'];
