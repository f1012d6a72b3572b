import type { ClientAuthMethod, ClientOptions, GrantType } from './options.js';
import { signsRequests } from './request-members.js';

/** What the rules between a client's members look at: those that are right, and what follows from them. */
export interface ClientFacts extends Partial<ClientOptions> {
  readonly method: ClientAuthMethod;
  readonly grants: readonly GrantType[];
  readonly redirects: readonly URL[];
  readonly type: 'web' | 'native';
  /** Every scope that a resource declares. */
  readonly declared: readonly string[];
}

/** A rule between the members of a client. It is left out when one of the members that it reads is wrong by itself. */
export interface ClientRule {
  /** Where it is reported; at the client when absent. */
  readonly at?: keyof ClientOptions;
  readonly reads: readonly (keyof ClientOptions)[];
  readonly isBroken: (client: ClientFacts) => boolean | undefined;
  readonly message: (client: ClientFacts) => string;
}

const credential = ['client_secret', 'jwks', 'token_endpoint_auth_method'] as const;
const signing = ['request_object_signing_alg', 'require_signed_request_object'] as const;
const flow = ['grant_types', 'redirect_uris'] as const;

const isPublic = ({ method }: ClientFacts): boolean => method === 'none';
const isWebScheme = ({ protocol }: URL): boolean => /^https?:$/.test(protocol);
// For a native client the engine knows these three loopback hosts, under http: only, and opens their port.
const isOddForNative = (url: URL): boolean => {
  const isLoopback = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  return isLoopback ? url.protocol === 'https:' : url.protocol === 'http:';
};
const scopesOf = ({ declared }: ClientFacts): string =>
  declared.length > 0 ? `Write those that it needs, of: ${declared.join(' ')}` : 'Write its scopes';

/** All of them, in the order in which they are reported. */
export const clientRules: readonly ClientRule[] = [
  {
    reads: credential,
    isBroken: (client) =>
      !client.client_secret && !client.jwks && !client.token_endpoint_auth_method,
    message: () =>
      "has no credential. If it runs on a server, give it a client_secret of 32 random characters or more (is its environment variable set?), or jwks. If it runs in a browser or on a device, write token_endpoint_auth_method: 'none'.",
  },
  {
    reads: [...credential, ...signing],
    isBroken: (client) =>
      client.client_secret !== undefined && client.jwks !== undefined && !signsRequests(client),
    message: () =>
      'has both client_secret and jwks. Remove the one that it does not use, or name the request_object_signing_alg if it signs requests with the key.',
  },
  {
    at: 'client_secret',
    reads: credential,
    isBroken: (client) => isPublic(client) && client.client_secret !== undefined,
    message: () =>
      "must not be there, since token_endpoint_auth_method: 'none' says that it can keep no secret. Remove one of the two.",
  },
  {
    at: 'jwks',
    reads: credential,
    isBroken: (client) => isPublic(client) && client.jwks !== undefined,
    message: () =>
      "must not be there, since token_endpoint_auth_method: 'none' says that it can keep no key. Remove one of the two.",
  },
  {
    at: 'jwks',
    reads: credential,
    isBroken: ({ method, jwks }) => method === 'private_key_jwt' && !jwks,
    message: () => 'is missing. private_key_jwt needs the public keys of the client.',
  },
  {
    at: 'jwks',
    reads: [...credential, ...signing],
    isBroken: (client) => signsRequests(client) && !client.jwks,
    message: () =>
      'is missing. Request objects need the public keys that the client signs them with.',
  },
  {
    at: 'client_secret',
    reads: credential,
    isBroken: (client) =>
      client.token_endpoint_auth_method?.startsWith('client_secret') && !client.client_secret,
    message: ({ method }) => `is missing. ${method} needs it. Is its environment variable set?`,
  },
  {
    at: 'grant_types',
    reads: ['grant_types'],
    isBroken: ({ grants }) => grants.length === 0,
    message: () => 'must hold at least one. Leave it out for the default.',
  },
  {
    at: 'grant_types',
    reads: ['grant_types'],
    isBroken: ({ grants }) =>
      grants.includes('refresh_token') && !grants.includes('authorization_code'),
    message: () =>
      'has refresh_token without authorization_code, which is where refresh tokens come from. Add that, or remove it.',
  },
  {
    at: 'grant_types',
    reads: [...credential, 'grant_types'],
    isBroken: (client) =>
      isPublic(client) && client.grant_types && client.grants.includes('client_credentials'),
    message: () =>
      'has client_credentials, which needs a client_secret or jwks. Remove it, or give the client a credential.',
  },
  {
    at: 'redirect_uris',
    reads: [...credential, ...flow],
    isBroken: (client) =>
      (client.grants.includes('authorization_code') || (isPublic(client) && !client.grant_types)) &&
      client.redirects.length === 0,
    message: () =>
      'is missing. A client that people log in to needs one at least, where the browser comes back.',
  },
  {
    at: 'scope',
    reads: ['scope', ...flow],
    isBroken: (client) =>
      !isPublic(client) && client.grants.includes('client_credentials') && !client.scope,
    message: (client) =>
      `is missing. A client that acts for itself gets only what it names. ${scopesOf(client)}.`,
  },
  {
    at: 'scope',
    reads: ['scope', 'firstParty', ...flow],
    isBroken: ({ grants, firstParty, scope }) =>
      grants.includes('authorization_code') &&
      !grants.includes('client_credentials') &&
      !firstParty &&
      !scope,
    message: (client) =>
      `is missing. A client gets only what it names. ${scopesOf(client)}, or firstParty: true if it is your own.`,
  },
  {
    at: 'pkce',
    reads: credential,
    isBroken: (client) => isPublic(client) && client.pkce === false,
    message: () => 'must not be false: a public client has nothing but PKCE. Remove it.',
  },
  {
    at: 'dangerouslyOmitNonce',
    reads: ['pkce'],
    isBroken: ({ pkce, dangerouslyOmitNonce }) => dangerouslyOmitNonce && pkce !== false,
    message: () => 'is for a client without PKCE. Write pkce: false too, or remove it.',
  },
  {
    at: 'rotate',
    reads: credential,
    isBroken: (client) => isPublic(client) && client.rotate === false,
    message: () => 'must not be false: refresh tokens of a public client always rotate. Remove it.',
  },
  {
    at: 'application_type',
    reads: flow,
    isBroken: ({ application_type, redirects }) =>
      application_type === 'web' && !redirects.every(isWebScheme),
    message: () => 'must be native, since a redirect URI has a private-use scheme. Remove it.',
  },
  {
    at: 'redirect_uris',
    reads: [...credential, ...flow, 'application_type'],
    isBroken: ({ type, redirects }) => type === 'native' && redirects.some(isOddForNative),
    message: () =>
      'must be https: on another host, or http: on localhost, 127.0.0.1 or [::1], since the client is native.',
  },
];
