import type { ClientAuthMethod, GrantType } from './options.js';

/** How clients authenticate (RFC 7591 §2). */
export const clientAuthMethods: readonly ClientAuthMethod[] = [
  'none',
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
];

/** The grant types that the server ships. */
export const grantTypes: readonly GrantType[] = [
  'authorization_code',
  'refresh_token',
  'client_credentials',
];
