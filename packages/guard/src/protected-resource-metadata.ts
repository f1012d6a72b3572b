import type { GuardResources } from './guard-options.js';
import { wellKnownUrl } from './secure-url.js';

/**
 * What an API says about itself, so that a client that knows only the API finds the authorization server.
 *
 * @group resource
 * @see [RFC 9728 §2](https://www.rfc-editor.org/rfc/rfc9728.html#section-2)
 */
export interface ProtectedResourceMetadata {
  readonly resource: string;
  readonly authorization_servers: readonly string[];
  readonly scopes_supported: readonly string[];
  readonly bearer_methods_supported: readonly ['header'];
  readonly resource_name?: string;
}

/** Where clients look for the metadata of a resource (RFC 9728 §3.1). */
export function protectedResourceUrl(resource: string): string {
  return wellKnownUrl(resource, 'oauth-protected-resource').href;
}

/** The document itself. `resource` stays byte for byte what clients compare it with (RFC 9728 §3.3). */
export function protectedResourceMetadata(
  issuer: string,
  resource: string,
  { name, scopes }: GuardResources[string],
): ProtectedResourceMetadata {
  return {
    resource,
    authorization_servers: [issuer],
    scopes_supported: Object.keys(scopes),
    bearer_methods_supported: ['header'],
    ...(name !== undefined && { resource_name: name }),
  };
}
