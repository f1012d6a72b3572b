import { compactVerify, decodeJwt, type JWTPayload } from 'jose';
import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { ClientDirectory } from '../authorize/clients.js';
import type { Subjects } from '../authorize/subjects.js';
import type { SigningKeys } from '../issue/keys.js';
import type { EngineSession } from './current-session.js';
import type { ErrorPage } from './error-page.js';
import { engine } from './load-engine.js';
import type { FormPostData } from './openid-settings.js';
import { verifyByKeys } from './reach-store.js';
import { formPostMode } from './request-view.js';

/** What the engine's own models are bent by. */
export interface OpenidEngineParts {
  readonly issuer: string;
  readonly keys: SigningKeys;
  readonly clients: ClientDirectory;
  readonly sendPage: ErrorPage['send'];
  readonly subjects: Subjects;
}

interface IssuedToken {
  issue(options: { use: string }): Promise<string>;
}

interface SavedToken {
  readonly aud?: string;
  scope?: string;
  save(): Promise<string>;
}

/** Where the engine does OpenID Connect otherwise than we. */
export function bendToOpenid(provider: Provider, parts: OpenidEngineParts): void {
  tellWhatIsGiven(provider, parts);
  verifyOldHints(provider, parts);
  keepOpenidScopes(provider, parts.clients);
  refuseLostOpenid(provider, parts.clients);
  nameSessions(provider);
  provider.registerResponseMode(formPostMode, (ctx, action, payload) => {
    const fields = Object.fromEntries(
      Object.entries(payload).map(([name, value]) => [name, String(value)]),
    );
    const data: FormPostData = { action, fields };
    parts.sendPage(ctx, { page: 'form_post', data, status: 200 });
  });
}

// The engine filters by names that are known at its start, and a claim in a language (`name#de`) never is. What an account's
// `claims()` gives was chosen by scope, place and grant already.
function tellWhatIsGiven(
  provider: Provider,
  { clients, subjects }: Pick<OpenidEngineParts, 'clients' | 'subjects'>,
): void {
  Object.assign(provider.Claims.prototype, {
    async result(this: { available: Record<string, unknown>; client: { clientId: string } }) {
      const client = await clients.find(this.client.clientId);
      if (!client) throw new Error('claims are told to no client');
      const { auth_time: authTime, amr, sub, ...claims } = this.available;
      const login = {
        // A host's own login may say when to the millisecond (OpenID Connect Core §2: a whole number).
        auth_time: typeof authTime === 'number' ? Math.floor(authTime) : undefined,
        amr: Array.isArray(amr) && amr.length > 0 ? amr : undefined,
      };
      const named = typeof sub === 'string' ? { sub: subjects.of(sub, client) } : {};
      const given = Object.entries({ ...claims, ...named, ...login });
      return Object.fromEntries(given.filter(([, value]) => value !== undefined));
    },
  });
}

// Back-Channel Logout §2.1: an ID token says which session it is of, and the session which clients got one. The engine asks this as it
// makes a code.
function nameSessions(provider: Provider): void {
  Object.assign(provider.Client.prototype, {
    includeSid(this: { clientId: string }) {
      const { oidc } = engine.Provider.ctx ?? {};
      if (!oidc?.session || !oidc.requestParamScopes.has('openid')) return false;
      const { authorizations = {} } = oidc.session as unknown as EngineSession;
      const entry = authorizations[this.clientId];
      if (entry) entry.identified = true;
      return true;
    },
  });
}

// A hint may be expired (OpenID Connect Core §3.1.2.1), and then its key often has retired, which the engine does not see.
function verifyOldHints(provider: Provider, parts: OpenidEngineParts): void {
  Object.assign(provider.IdToken, {
    async validate(token: string, client: { clientId: string }) {
      const payload = await verifyIdToken(token, parts);
      if (payload?.aud === client.clientId) return { header: {}, payload };
      throw new Error('not an ID token of this client');
    },
  });
}

/** What an ID token of ours says, whether or not it has expired; nothing when it is none. */
export function verifyIdToken(
  token: string,
  { issuer, keys }: Pick<OpenidEngineParts, 'issuer' | 'keys'>,
): Promise<JWTPayload | undefined> {
  return verifyByKeys(keys, async (keyOf) => {
    const { protectedHeader } = await compactVerify(token, keyOf);
    // A logout token or an access token is signed by the same keys, and says so.
    const isIdToken = protectedHeader.typ === undefined || protectedHeader.typ === 'JWT';
    const payload = decodeJwt(token);
    return isIdToken && payload.iss === issuer && payload.sub !== undefined ? payload : undefined;
  });
}

// One access token opens the API and userinfo: that of an API says what was granted of OpenID Connect, too.
function keepOpenidScopes(provider: Provider, clients: ClientDirectory): void {
  const { save } = provider.AccessToken.prototype as unknown as SavedToken;
  Object.assign(provider.AccessToken.prototype, {
    async save(this: SavedToken) {
      const { ctx } = engine.Provider;
      if (ctx && this.aud === undefined) this.scope = await withinCeiling(ctx, clients, this.scope);
      else if (ctx) {
        const scopes = await openidScopes(ctx, clients);
        if (scopes.length > 0) this.scope = [...scopes, this.scope].filter(Boolean).join(' ');
      }
      return save.call(this);
    },
  });
}

// A refresh goes by what was granted once. What the client may have now is the ceiling, of its ID token too.
function refuseLostOpenid(provider: Provider, clients: ClientDirectory): void {
  const { issue } = provider.IdToken.prototype as unknown as IssuedToken;
  Object.assign(provider.IdToken.prototype, {
    async issue(this: IssuedToken, options: { use: string }) {
      const { ctx } = engine.Provider;
      if (options.use === 'idtoken' && ctx && (await openidScopes(ctx, clients)).length === 0) {
        return undefined;
      }
      return issue.call(this, options);
    },
  });
}

async function withinCeiling(
  { oidc: { client } }: KoaContextWithOIDC,
  clients: ClientDirectory,
  scope = '',
): Promise<string> {
  const ceiling = (await clients.find(client?.clientId ?? ''))?.scopes;
  const left = scope.split(' ').filter((name) => ceiling?.has(name));
  if (left.length > 0) return left.join(' ');
  throw new engine.errors.InvalidScope('no scope is left that this client may have', scope);
}

async function openidScopes(
  { oidc: { client, entities, params } }: KoaContextWithOIDC,
  clients: ClientDirectory,
): Promise<string[]> {
  const { AuthorizationCode, Grant, RefreshToken } = entities;
  const issued = new Set(((RefreshToken ?? AuthorizationCode)?.scope ?? '').split(' '));
  const asked = params?.scope === undefined ? issued : new Set(String(params.scope).split(' '));
  const ceiling = (await clients.find(client?.clientId ?? ''))?.scopes;
  const granted = Grant?.getOIDCScopeFiltered(asked).split(' ') ?? [];
  const scopes = granted.filter((name) => issued.has(name) && ceiling?.has(name));
  return scopes.includes('openid') ? scopes : [];
}

/** What an access token of an API says so that userinfo knows which claims were asked for by name. */
export function userinfoClaims(
  { oidc: { entities } }: KoaContextWithOIDC,
  token: object,
): { userinfo_claims?: readonly string[] } {
  const { aud, scope = '' } = token as { aud?: string; scope?: string };
  if (aud === undefined || !scope.split(' ').includes('openid')) return {};
  const { AuthorizationCode, Grant, RefreshToken } = entities;
  const asked = Object.keys((RefreshToken ?? AuthorizationCode)?.claims?.userinfo ?? {});
  const granted = Grant?.getOIDCClaimsFiltered(new Set(asked)) ?? [];
  return granted.length > 0 ? { userinfo_claims: granted } : {};
}

/** The record of an access token as the userinfo endpoint wants it: for no API, with the claims that it is to tell. */
export function userinfoPayload<Payload extends Record<string, unknown>>(
  payload: Payload,
): Payload {
  const { userinfo_claims: names } = (payload.extra ?? {}) as { userinfo_claims?: string[] };
  if (payload.aud === undefined) return payload;
  const userinfo = Object.fromEntries((names ?? []).map((name) => [name, null]));
  return { ...payload, aud: undefined, claims: { userinfo } };
}
