import type { GuardResources } from './guard-options.js';
import { protectedResourceUrl } from './protected-resource-metadata.js';

/**
 * The scopes that a resource declares.
 *
 * @group resource
 */
export type ScopeOf<R extends GuardResources, K extends keyof R> = keyof R[K]['scopes'] & string;

/**
 * What a route asks of a token, beyond being good for the resource.
 *
 * @group resource
 */
export interface ProtectOptions<Scope extends string = string> {
  /** Scopes that the token must have, all of them. */
  readonly scope?: Scope | readonly Scope[];
  /** Let in tokens that a client got for itself. Without it, only tokens of accounts pass. */
  readonly clients?: true;
  /**
   * Authentication context classes, one of which the login must have had.
   *
   * @see [RFC 9470 §3](https://www.rfc-editor.org/rfc/rfc9470.html#section-3)
   */
  readonly acr?: string | readonly string[];
  /**
   * How many seconds ago the login may be at most.
   *
   * @see [RFC 9470 §3](https://www.rfc-editor.org/rfc/rfc9470.html#section-3)
   */
  readonly maxAge?: number;
}

/** `ProtectOptions`, checked once and ready for use on every request. */
export interface Route {
  readonly resource: string;
  readonly metadataUrl: string;
  readonly scopes: readonly string[];
  readonly clients: boolean;
  readonly acr: readonly string[];
  readonly maxAge: number | undefined;
}

const optionNames: ReadonlySet<string> = new Set(['scope', 'clients', 'acr', 'maxAge']);
const acrValue = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/** Compiles the options of one route. A misspelt option would be an unprotected route, so anything unknown throws. */
export function createRoute(
  resources: ReadonlyMap<string, GuardResources[string]>,
  resource: string,
  options: ProtectOptions = {},
): Route {
  const declared = resources.get(resource);
  if (declared === undefined) {
    const known = [...resources.keys()].join(', ');
    throw new TypeError(`"${resource}" is not a resource of this guard; it knows ${known}`);
  }
  for (const name of Object.keys(options)) {
    if (!optionNames.has(name)) throw new TypeError(`"${name}" is not an option of protect`);
  }
  const scopes = [options.scope ?? []].flat();
  for (const scope of scopes) {
    if (!Object.hasOwn(declared.scopes, scope)) {
      const known = Object.keys(declared.scopes).join(', ');
      throw new TypeError(`"${scope}" is not a scope of ${resource}; it has ${known}`);
    }
  }
  const acr = [options.acr ?? []].flat();
  if (!acr.every((value) => typeof value === 'string' && acrValue.test(value))) {
    throw new TypeError('"acr" must be names without spaces, quotes or backslashes');
  }
  const { clients, maxAge } = options;
  if (maxAge !== undefined && !(Number.isSafeInteger(maxAge) && maxAge >= 0)) {
    throw new TypeError('"maxAge" must be a whole number of seconds');
  }
  if (clients !== undefined && clients !== true) {
    throw new TypeError('"clients" must be true, or left out');
  }
  if (clients && (acr.length > 0 || maxAge !== undefined)) {
    // Letting clients skip the login that is asked of people would be a way around it.
    throw new TypeError(
      '"clients" does not go with "acr" or "maxAge": nobody logs in for a client',
    );
  }
  const metadataUrl = protectedResourceUrl(resource);
  return Object.freeze({ resource, metadataUrl, scopes, clients: clients === true, acr, maxAge });
}
