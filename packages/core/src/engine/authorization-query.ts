import { formPostMode, renamedParams } from './request-view.js';

// Of OpenID Connect; the engine refuses them without the `openid` scope, and RFC 6749 §3.1 says to ignore what one does not know.
const openidParams = ['claims', 'claims_locales', 'id_token_hint', 'nonce'];

/** The query of an authorization request, as the engine sees it. */
export interface AuthorizationQuery {
  readonly search: string;
  /** Whether `openid` is among the scopes. */
  readonly asksOpenid: boolean;
}

/** What a query is read by. */
export interface QueryRules {
  /** Whether a resource or a plugin declares the scope. */
  readonly isScopeKnown: (scope: string) => boolean;
  /** Whether there is a page for `form_post`. */
  readonly formPost: boolean;
}

/**
 * The query that the engine sees. Without `openid` in the scope, parameters of OpenID Connect are no reason to refuse.
 */
export function authorizationQuery(
  query: string,
  { isScopeKnown, formPost }: QueryRules,
): AuthorizationQuery {
  const params = new URLSearchParams(query);
  renameFormPost(params, formPost);
  for (const ours of Object.values(renamedParams)) params.delete(ours);
  const scopes = params.getAll('scope').flatMap((scope) => scope.split(' '));
  if (params.getAll('scope').length === 1 && !isScopeKnown('offline_access')) {
    // The engine drops this one in silence. Under another name it is refused like any scope that nobody declares.
    const asked = scopes.map((scope) => (scope === 'offline_access' ? 'offline-access' : scope));
    params.set('scope', asked.join(' '));
  }
  if (scopes.includes('openid')) return { search: params.toString(), asksOpenid: true };
  for (const name of openidParams) params.delete(name);
  for (const [real, ours] of Object.entries(renamedParams)) {
    const [value, ...more] = params.getAll(real);
    // A repeated one keeps its name: the engine refuses it, and says which.
    if (value === undefined || more.length > 0) continue;
    params.append(ours, value);
    params.delete(real);
  }
  return { search: params.toString(), asksOpenid: false };
}

// Under another name the engine shows our page and not its own. Who uses that name asks for a mode that does not exist.
function renameFormPost(params: URLSearchParams, formPost: boolean): void {
  const modes = params.getAll('response_mode');
  if (modes.includes(formPostMode)) params.set('response_mode', 'unknown');
  else if (formPost && modes.length === 1 && modes[0] === 'form_post') {
    params.set('response_mode', formPostMode);
  }
}
