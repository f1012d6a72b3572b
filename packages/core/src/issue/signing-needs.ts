import type { SigningAlgorithm } from '../authorize/key-algorithm.js';
import type { OpenidSettings } from '../engine/openid-settings.js';
import type { SignatureNeed } from '../plugin.js';
import type { ResolvedClient, ResolvedResource } from '../resolved-options.js';

/** The algorithms that are signed with, and the longest life in seconds of what is signed with each. ES256 is always there. */
export function signingNeeds(
  resources: readonly ResolvedResource[],
  signatures: readonly SignatureNeed[],
): ReadonlyMap<SigningAlgorithm, number> {
  const needs = new Map<SigningAlgorithm, number>([['ES256', 0]]);
  const add = (alg: SigningAlgorithm, seconds: number): void =>
    void needs.set(alg, Math.max(seconds, needs.get(alg) ?? 0));
  for (const { format, alg, lifetimeSeconds, machineLifetimeSeconds } of resources) {
    if (format === 'jwt') add(alg, Math.max(lifetimeSeconds, machineLifetimeSeconds));
  }
  for (const { alg, lifetimeSeconds } of signatures) add(alg, lifetimeSeconds);
  return needs;
}

/** How long a logout token is valid: two minutes at most are recommended (Back-Channel Logout 1.0 §4). It may outlive an ID token. */
export const logoutTokenSeconds = 120;

/** What ID tokens, userinfo and logout tokens are signed with: what the settings name, RS256, and what the clients of the options registered. */
export function openidSignatures(
  clients: readonly ResolvedClient[],
  openid: OpenidSettings | undefined,
): readonly SignatureNeed[] {
  if (!openid) return [];
  const registered = clients.flatMap((client) => [
    client.id_token_signed_response_alg,
    client.userinfo_signed_response_alg,
  ]);
  const algorithms = new Set(['RS256' as const, ...openid.algorithms, ...registered]);
  const lifetimeSeconds = Math.max(openid.idTokenLifetimeSeconds, logoutTokenSeconds);
  return [...algorithms].flatMap((alg) => (alg === undefined ? [] : [{ alg, lifetimeSeconds }]));
}
