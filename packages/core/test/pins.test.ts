import { readFileSync } from 'node:fs';
import * as core from '@gatehouse/core';
import { browserAgent, pkce } from './browser-agent.js';
import { startHost } from './host.js';
import { authorizationUrl } from './oauth-client.js';

// What others build upon, as literals: a change here is a change for them, and has to be meant.

const publicOrigin = 'https://acme.example';

/** The Set-Cookie lines of a first login, without their values. */
async function cookiesOf(options: Parameters<typeof startHost>[0]): Promise<string[]> {
  const host = await startHost(options);
  try {
    const agent = browserAgent(host.origin, options?.publicOrigin);
    const asked = await agent.get(authorizationUrl(host, 'web', pkce().challenge));
    const page = await agent.follow(asked.location ?? '');
    const pressed = await agent.press(page, {
      method: 'password',
      identifier: 'ada',
      password: 'ada-pw',
    });
    const back = await agent.get(pressed.location ?? '');
    expect(back.location).toContain('code=');
    const lines = [asked, page, pressed, back].flatMap(({ headers }) => headers.getSetCookie());
    return [...new Set(lines.map(withoutValues))].sort();
  } finally {
    await host.close();
  }
}

function withoutValues(line: string): string {
  return line
    .replace(/=[^;]*/, '=*')
    .replace(/expires=Thu, 01 Jan 1970[^;]*/, 'expires=past')
    .replace(/expires=\w{3}, [^;]*/, 'expires=*')
    .replace(/(\/(?:interaction|authorize))\/[\w-]+/, '$1/*');
}

/** The members of a union of string literals in a source file. */
function unionIn(file: string, name: string): string[] {
  const source = readFileSync(new URL(`../src/${file}`, import.meta.url), 'utf8');
  const union = new RegExp(`export type ${name} =([^;]+);`).exec(source)?.[1] ?? '';
  return [...union.matchAll(/'([^']+)'/g)].map(([, code = '']) => code).sort();
}

describe('the metadata document of an authorization server without plugins of its own', () => {
  it('is this', async () => {
    const host = await startHost({ publicOrigin, mount: '/auth' });
    try {
      const url = `${host.origin}/.well-known/oauth-authorization-server/auth`;
      expect(await (await fetch(url)).json()).toEqual({
        issuer: 'https://acme.example/auth',
        authorization_endpoint: 'https://acme.example/auth/authorize',
        token_endpoint: 'https://acme.example/auth/token',
        jwks_uri: 'https://acme.example/auth/jwks',
        scopes_supported: ['notes:read', 'notes:write', 'ledger:read'],
        response_types_supported: ['code'],
        response_modes_supported: ['query', 'fragment'],
        grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
        token_endpoint_auth_methods_supported: [
          'none',
          'client_secret_basic',
          'client_secret_post',
          'private_key_jwt',
        ],
        token_endpoint_auth_signing_alg_values_supported: ['ES256', 'RS256', 'PS256', 'EdDSA'],
        revocation_endpoint: 'https://acme.example/auth/revoke',
        revocation_endpoint_auth_methods_supported: [
          'none',
          'client_secret_basic',
          'client_secret_post',
          'private_key_jwt',
        ],
        revocation_endpoint_auth_signing_alg_values_supported: ['ES256', 'RS256', 'PS256', 'EdDSA'],
        introspection_endpoint: 'https://acme.example/auth/introspect',
        introspection_endpoint_auth_methods_supported: [
          'client_secret_basic',
          'client_secret_post',
          'private_key_jwt',
        ],
        introspection_endpoint_auth_signing_alg_values_supported: [
          'ES256',
          'RS256',
          'PS256',
          'EdDSA',
        ],
        code_challenge_methods_supported: ['S256'],
        authorization_response_iss_parameter_supported: true,
      });
    } finally {
      await host.close();
    }
  });
});

describe('cookies', () => {
  it('of an http issuer are these', async () => {
    expect(await cookiesOf({ mount: '/auth' })).toEqual([
      'gatehouse-auth-interaction.sig=*; path=/auth/interaction/*; expires=*; samesite=lax; httponly',
      'gatehouse-auth-interaction=*; path=/auth/interaction/*; expires=*; samesite=lax; httponly',
      'gatehouse-auth-login=*; path=/; expires=*; samesite=lax; httponly',
      'gatehouse-auth-resume.sig=*; path=/auth/authorize/*; expires=*; samesite=lax; httponly',
      'gatehouse-auth-resume.sig=*; path=/auth/authorize/*; expires=past; samesite=lax; httponly',
      'gatehouse-auth-resume=*; path=/auth/authorize/*; expires=*; samesite=lax; httponly',
      'gatehouse-auth-resume=*; path=/auth/authorize/*; expires=past; samesite=lax; httponly',
      'gatehouse-auth-session.sig=*; path=/; samesite=lax; httponly; expires=*',
      'gatehouse-auth-session=*; path=/; samesite=lax; httponly; expires=*',
    ]);
  });

  it('of an https issuer are these', async () => {
    expect(await cookiesOf({ mount: '/auth', publicOrigin })).toEqual([
      '__Host-gatehouse-auth-login=*; path=/; expires=*; samesite=lax; secure; httponly',
      '__Host-gatehouse-auth-session.sig=*; path=/; samesite=lax; secure; httponly; expires=*',
      '__Host-gatehouse-auth-session=*; path=/; samesite=lax; secure; httponly; expires=*',
      '__Secure-gatehouse-auth-interaction.sig=*; path=/auth/interaction/*; expires=*; samesite=lax; secure; httponly',
      '__Secure-gatehouse-auth-interaction=*; path=/auth/interaction/*; expires=*; samesite=lax; secure; httponly',
      '__Secure-gatehouse-auth-resume.sig=*; path=/auth/authorize/*; expires=*; samesite=lax; secure; httponly',
      '__Secure-gatehouse-auth-resume.sig=*; path=/auth/authorize/*; expires=past; samesite=lax; secure; httponly',
      '__Secure-gatehouse-auth-resume=*; path=/auth/authorize/*; expires=*; samesite=lax; secure; httponly',
      '__Secure-gatehouse-auth-resume=*; path=/auth/authorize/*; expires=past; samesite=lax; secure; httponly',
    ]);
  });

  it('of an https issuer at the root are these', async () => {
    expect(await cookiesOf({ mount: '', publicOrigin })).toEqual([
      '__Host-gatehouse-login=*; path=/; expires=*; samesite=lax; secure; httponly',
      '__Host-gatehouse-session.sig=*; path=/; samesite=lax; secure; httponly; expires=*',
      '__Host-gatehouse-session=*; path=/; samesite=lax; secure; httponly; expires=*',
      '__Secure-gatehouse-interaction.sig=*; path=/interaction/*; expires=*; samesite=lax; secure; httponly',
      '__Secure-gatehouse-interaction=*; path=/interaction/*; expires=*; samesite=lax; secure; httponly',
      '__Secure-gatehouse-resume.sig=*; path=/authorize/*; expires=*; samesite=lax; secure; httponly',
      '__Secure-gatehouse-resume.sig=*; path=/authorize/*; expires=past; samesite=lax; secure; httponly',
      '__Secure-gatehouse-resume=*; path=/authorize/*; expires=*; samesite=lax; secure; httponly',
      '__Secure-gatehouse-resume=*; path=/authorize/*; expires=past; samesite=lax; secure; httponly',
    ]);
  });
});

describe('error codes', () => {
  it('for hosts are these', () => {
    expect(unionIn('errors.ts', 'ConfigurationErrorCode')).toEqual([
      'ERR_OPTIONS_INVALID',
      'ERR_PLUGIN_INVALID',
      'ERR_SECRET_WRONG',
      'ERR_SESSION_MIDDLEWARE_ORDER',
      'ERR_UNSAFE_PRODUCTION',
      'ERR_USAGE',
    ]);
  });

  it('for clients are these', () => {
    expect(unionIn('errors.ts', 'OAuthErrorCode')).toEqual([
      'access_denied',
      'consent_required',
      'interaction_required',
      'invalid_client',
      'invalid_grant',
      'invalid_request',
      'invalid_request_object',
      'invalid_request_uri',
      'invalid_scope',
      'invalid_target',
      'invalid_token',
      'login_required',
      'server_error',
      'temporarily_unavailable',
      'unauthorized_client',
      'unsupported_grant_type',
      'unsupported_response_type',
    ]);
  });
});

describe('@gatehouse/core', () => {
  it('exports these names', () => {
    expect(Object.keys(core).sort()).toEqual([
      'ConfigurationError',
      'ContinueAs',
      'Field',
      'OAuthError',
      'OutboundError',
      'SignedInAs',
      'StepForm',
      'StoreConflict',
      'addressBlock',
      'checkBy',
      'checkCount',
      'checkKey',
      'checkKind',
      'checkList',
      'checkListBy',
      'checkNumber',
      'checkObject',
      'checkRelation',
      'checkString',
      'checkUniqueKey',
      'checkWrites',
      'clientName',
      'createAuthorizationServer',
      'createDeclaredKinds',
      'cursorOf',
      'decodeText',
      'defaultLogger',
      'definePlugin',
      'didYouMean',
      'displayText',
      'encodeText',
      'hostLogin',
      'html',
      'imageUrl',
      'inWords',
      'isPrecondition',
      'linkUrl',
      'readCursor',
      'readKinds',
      'readListOptions',
      'showValue',
      'systemClock',
      'targetOf',
      'trustHtml',
      'wrapStore',
    ]);
  });

  it('has these entry points', () => {
    const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
    const { exports } = JSON.parse(text) as { exports: Record<string, unknown> };
    expect(Object.keys(exports)).toEqual(['.', './openid', './package.json']);
  });
});
