import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Client, ClientDirectory } from '../authorize/clients.js';
import { destinationOf } from '../authorize/clients.js';
import { groupScopes, type TargetRules } from '../authorize/targets.js';
import type { AccountView, AuthorizationView, ScopesByResource } from '../interaction/view.js';

/** What the engine's `findAccount` gives back: its own interface, with the host's account inside. */
export interface EngineAccount {
  readonly accountId: string;
  readonly account: unknown;
  readonly view: AccountView;
  claims(
    use: string,
    scope: string,
    mask?: Readonly<Record<string, unknown>>,
  ): Promise<Readonly<Record<string, unknown>> & { readonly sub: string }>;
}

/**
 * Parameters that the engine takes with the `openid` scope only, although they have a meaning without (RFC 9470 §4). They are
 * handed to it under names of ours.
 */
export const renamedParams = {
  max_age: 'gatehouse_max_age',
  acr_values: 'gatehouse_acr_values',
} as const;

/** The response mode that the engine has a page of its own for, under the name of the one that shows ours. */
export const formPostMode = 'gatehouse_form_post';

/**
 * The request's scopes by resource, and those under which the claims lie that it asks for by name. Each of them was checked
 * against what the client may get.
 *
 * @param asked - The claims with their scopes, where they have been read before.
 */
export function requestedOf(
  { scope, claims }: Readonly<Record<string, unknown>>,
  client: Client,
  rules: TargetRules,
  asked: ReadonlyMap<string, string> = rules.claimsAsked(claims, client),
): ScopesByResource {
  const scopes = String(scope ?? '')
    .split(' ')
    .filter(Boolean);
  return groupScopes(new Set([...scopes, ...asked.values()]), rules);
}

/** The client of the running request. */
export async function clientOf(ctx: KoaContextWithOIDC, clients: ClientDirectory): Promise<Client> {
  const client = await clients.find(ctx.oidc.client?.clientId ?? '');
  if (!client) throw new Error('the request has no client');
  return client;
}

/** Single-string parameters, with ours back under their real names. */
export function paramsOf(params: Readonly<Record<string, unknown>>): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(params)) {
    if (typeof value === 'string') plain[name] = value;
  }
  if (plain.response_mode === formPostMode) plain.response_mode = 'form_post';
  for (const [real, ours] of Object.entries(renamedParams)) {
    const value = plain[ours];
    if (value === undefined) continue;
    plain[real] = value;
    delete plain[ours];
  }
  return plain;
}

/** The query that asks for the same again, e.g. as another account. */
export function queryOf(params: Readonly<Record<string, unknown>>): string {
  const query = new URLSearchParams();
  const realNames = new Map<string, string>();
  for (const [real, ours] of Object.entries(renamedParams)) realNames.set(ours, real);
  for (const [name, value] of Object.entries(params)) {
    for (const one of [value].flat()) {
      if (typeof one !== 'string') continue;
      query.append(realNames.get(name) ?? name, one === formPostMode ? 'form_post' : one);
    }
  }
  return query.toString();
}

/** What steps decide by. */
export async function requestView(
  ctx: KoaContextWithOIDC,
  clients: ClientDirectory,
  rules: TargetRules,
): Promise<AuthorizationView> {
  const { oidc } = ctx;
  const client = await clientOf(ctx, clients);
  const params = paramsOf(oidc.params ?? {});
  const account = (oidc.entities.Account as EngineAccount | undefined)?.view;
  const { loginTs, amr, acr } = oidc.session ?? {};
  return {
    client: client.view,
    params,
    prompts: oidc.prompts,
    requested: requestedOf(oidc.params ?? {}, client, rules),
    destination: destinationOf(params.redirect_uri ?? ''),
    ...(account ? { account } : {}),
    session: {
      amr: amr ?? [],
      ...(loginTs === undefined ? {} : { authTime: loginTs }),
      ...(acr === undefined ? {} : { acr }),
    },
    answered: (oidc.result ?? {}) as Record<string, unknown>,
  };
}
