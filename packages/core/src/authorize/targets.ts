import { OAuthError } from '../errors.js';
import type { ScopesByResource } from '../interaction/view.js';
import type { ResolvedResource } from '../resolved-options.js';
import { showStray } from '../show-stray.js';
import type { Client } from './clients.js';

/** What a request asked for. */
export interface TargetRequest {
  /** The `scope` parameter. */
  readonly scope: string | undefined;
  /** The `resource` parameters (RFC 8707). */
  readonly resources: readonly string[];
}

/** What it is about, once checked. */
export interface Target {
  readonly scope: string;
  readonly resources: readonly string[];
}

/** The claims that a request asks for by name, each with the scope that a person grants it under. */
export type ClaimsAsked = (parameter: unknown, client: Client) => ReadonlyMap<string, string>;

/** Where scopes and resources are declared. */
export interface TargetRules {
  readonly resources: ReadonlyMap<string, ResolvedResource>;
  readonly scopeOwner: ReadonlyMap<string, string>;
  /** Scopes of plugins, which belong to no resource. */
  readonly pluginScopes: ReadonlySet<string>;
  readonly claimsAsked: ClaimsAsked;
}

/** The rules of a server: its resources, and the scopes that plugins added. */
export function targetRules(
  { resources, scopeOwner }: Pick<TargetRules, 'resources' | 'scopeOwner'>,
  pluginScopes: readonly string[],
  claimsAsked: ClaimsAsked = () => new Map(),
): TargetRules {
  return { resources, scopeOwner, pluginScopes: new Set(pluginScopes), claimsAsked };
}

/** Groups scopes by the resource that owns them; `''` holds those that belong to none. */
export function groupScopes(scopes: Iterable<string>, rules: TargetRules): ScopesByResource {
  const groups: Record<string, string[]> = {};
  for (const scope of scopes) {
    const owner = rules.scopeOwner.get(scope) ?? '';
    groups[owner] = [...(groups[owner] ?? []), scope];
  }
  return groups;
}

/**
 * Checks scopes and resources against what is declared and what the client may get, and finds the resource for the many
 * clients that send none: it is the one whose scopes were asked. A scope that cannot be had is an error, never a token with
 * less than was asked.
 *
 * @throws {OAuthError} `invalid_scope` or `invalid_target`
 */
export function resolveTarget(request: TargetRequest, client: Client, rules: TargetRules): Target {
  checkResources(request.resources, rules);
  // RFC 6749 §3.3: without a scope the request gets a default: what the client is registered for.
  const scopes = request.scope
    ? [...new Set(request.scope.split(' '))]
    : defaultScopes(request.resources, client, rules);
  for (const scope of scopes) checkScope(scope, client, rules);
  const owners = new Set(
    scopes.map((scope) => rules.scopeOwner.get(scope)).filter((owner) => owner !== undefined),
  );
  if (request.resources.length > 0) {
    for (const scope of scopes) checkOwner(scope, request.resources, rules);
    return { scope: scopes.join(' '), resources: request.resources };
  }
  if (owners.size > 1) {
    const names = [...owners].join(' and ');
    throw new OAuthError(
      'invalid_target',
      `the scopes belong to ${names}: say which by the resource parameter`,
    );
  }
  return { scope: scopes.join(' '), resources: [...owners] };
}

function checkResources(resources: readonly string[], rules: TargetRules): void {
  for (const resource of resources) {
    if (!rules.resources.has(resource)) {
      throw unknownResource(resource, rules);
    }
  }
}

/** The client knows what it sent. The log says it, with what was meant. */
export function unknownResource(
  resource: string,
  { resources }: Pick<TargetRules, 'resources'>,
): OAuthError {
  const cause = `no resource is known by the name ${showStray(resource, resources.keys())}`;
  return new OAuthError('invalid_target', 'the resource is not known here', { cause });
}

function defaultScopes(
  resources: readonly string[],
  client: Client,
  rules: TargetRules,
): readonly string[] {
  const scopes = [...client.scopes].filter((scope) => {
    const owner = rules.scopeOwner.get(scope);
    return owner !== undefined && (resources.length === 0 || resources.includes(owner));
  });
  if (scopes.length === 0) {
    throw new OAuthError('invalid_scope', 'the request names no scope that this client may get');
  }
  return scopes;
}

function checkScope(scope: string, client: Client, rules: TargetRules): void {
  if (!rules.scopeOwner.has(scope) && !rules.pluginScopes.has(scope)) {
    const known = [...rules.scopeOwner.keys(), ...rules.pluginScopes];
    throw new OAuthError('invalid_scope', 'a requested scope is not known here', {
      cause: `no resource and no plugin declares the scope ${showStray(scope, known)}`,
    });
  }
  if (!client.scopes.has(scope)) {
    throw new OAuthError('invalid_scope', `this client may not ask for the scope ${scope}`);
  }
}

function checkOwner(scope: string, resources: readonly string[], rules: TargetRules): void {
  const owner = rules.scopeOwner.get(scope);
  if (owner !== undefined && !resources.includes(owner)) {
    throw new OAuthError(
      'invalid_scope',
      `the scope ${scope} belongs to ${owner}, which the request does not name as resource`,
    );
  }
}
