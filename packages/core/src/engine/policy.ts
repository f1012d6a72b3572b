import type { KoaContextWithOIDC } from 'oidc-provider';
import type { AccountDirectory } from '../authorize/accounts.js';
import type { Subjects } from '../authorize/subjects.js';
import { consentNeeded } from '../interaction/consent.js';
import type { Step } from '../interaction/step.js';
import type { AuthorizationView } from '../interaction/view.js';
import { type GrantLoaderParts, loadGrant } from './grant-loader.js';
import { engine } from './load-engine.js';
import type { LoginBrowser } from './login-browser.js';
import type { OpenidSettings } from './openid-settings.js';
import { clientOf, type EngineAccount, requestView } from './request-view.js';
import { unitOfWork } from './unit-of-work.js';
import { protocolOf } from './protocol-of.js';

/** Where the engine asks us. */
export interface EnginePolicy {
  readonly prompts: object;
  findAccount(
    ctx: KoaContextWithOIDC,
    id: string,
    token: unknown,
  ): Promise<EngineAccount | undefined>;
  loadGrant(ctx: KoaContextWithOIDC): Promise<never>;
  interactionUrl(ctx: KoaContextWithOIDC, interaction: { readonly uid: string }): string;
  mayIntrospect(clientId: string, token: unknown): Promise<boolean>;
  /** Whether the token's client and account still exist, and the login it came from still counts. */
  isTokenAlive(token: unknown): Promise<boolean>;
}

/** What the policy is made from. */
export interface PolicyParts extends GrantLoaderParts {
  readonly issuer: string;
  readonly accounts: AccountDirectory;
  readonly steps: readonly Step[];
  readonly openid?: OpenidSettings;
  readonly subjects: Subjects;
  readonly logins: LoginBrowser;
}

interface TokenLike {
  readonly accountId?: string;
  readonly clientId?: string;
  readonly aud?: string;
  readonly authTime?: number;
  readonly extra?: { readonly auth_time?: number };
}

/** Prompts, accounts, grants and introspection rights, by the steps that are installed. */
export function createPolicy(parts: PolicyParts): EnginePolicy {
  const { accounts, clients, rules, steps, subjects } = parts;

  function loadAccount(accountId: string, authTime: number | undefined): Promise<unknown> {
    return authTime === undefined
      ? accounts.find(accountId)
      : accounts.findLoggedIn(accountId, authTime);
  }

  const views = new WeakMap<KoaContextWithOIDC, Promise<AuthorizationView>>();

  // The same for every step: while they are asked, nothing of the request changes.
  function viewOf(ctx: KoaContextWithOIDC): Promise<AuthorizationView> {
    const view = views.get(ctx) ?? makeView(ctx);
    views.set(ctx, view);
    return view;
  }

  async function makeView(ctx: KoaContextWithOIDC): Promise<AuthorizationView> {
    const request = await requestView(ctx, clients, rules);
    if (!request.account) return request;
    const subject = subjects.of(request.account.accountId, await clientOf(ctx, clients));
    const loginNeeded = protocolOf(parts.openid)?.openidLoginNeeded(ctx, subject);
    if (loginNeeded) return { ...request, loginNeeded };
    const { hintsAnother = false, scopesAnswered = false } = unitOfWork().notes;
    const hinted = hintsAnother && { choiceNeeded: { reason: 'login_hint' } };
    const reason = consentNeeded({
      client: request.client,
      destination: request.destination,
      answered: scopesAnswered,
      answeredNow: 'consent' in request.answered,
    });
    return { ...request, ...hinted, ...(reason && { consentNeeded: reason }) };
  }

  function promptOf(step: Step): object {
    const reasons = new WeakMap<object, string>();
    const { Check, Prompt } = engine.interactionPolicy;
    const check = new Check(
      `${step.name}_needed`,
      `the ${step.name} page must be shown`,
      errorOf(step.name),
      async (ctx) => {
        const request = await viewOf(ctx);
        const needed = await step.required(request);
        if (!needed) return false;
        // Answered in this very request and needed again: it would be asked for ever.
        if (step.name in request.answered) refuseLoop(step.name, needed.reason, parts.openid);
        reasons.set(ctx, needed.reason);
        return true;
      },
      (ctx) => ({ reason: reasons.get(ctx) }),
    );
    return new Prompt({ name: step.name, requestable: step.requestable ?? false }, check);
  }

  return {
    prompts: steps.map(promptOf),
    async findAccount(ctx, accountId, token) {
      const { authTime, extra } = (token ?? {}) as TokenLike;
      const since = authTime ?? extra?.auth_time ?? ctx.oidc.session?.loginTs;
      const { sessionAccount: known } = unitOfWork().notes;
      const isKnown = known?.accountId === accountId && known.authTime === since;
      const account = isKnown ? known.account : await loadAccount(accountId, since);
      if (account === undefined) return undefined;
      const found = { accountId, account };
      return {
        ...found,
        view: accounts.view(account),
        claims: parts.openid
          ? protocolOf(parts.openid).accountClaims(ctx, found, parts.openid, clients)
          : async () => ({ sub: accountId }),
      };
    },
    loadGrant: (ctx) => loadGrant(ctx, parts) as Promise<never>,
    interactionUrl({ oidc }, { uid }) {
      // Before the first page: a form that is sent twice must find it both times.
      parts.logins.greet(oidc.cookies);
      return `${parts.issuer}/interaction/${uid}`;
    },
    async mayIntrospect(clientId, token) {
      const asker = await clients.find(clientId);
      // RFC 7662 §2.1: the caller must be authorized, and a public client proves nothing.
      if (!asker?.view.confidential) return false;
      const { accountId, aud, clientId: owner } = token as TokenLike;
      if (asker.introspects !== undefined) {
        return asker.introspects === aud && (await isTokenAlive(token));
      }
      // The answer would name the account: see `publicSubjects`.
      const isNameless = accountId !== undefined && !parts.openid && subjects.isPairwise(asker);
      return owner === clientId && !isNameless && isTokenAlive(token);
    },
    isTokenAlive,
  };

  async function isTokenAlive(token: unknown): Promise<boolean> {
    const { accountId, clientId = '', authTime, extra } = token as TokenLike;
    if (!(await clients.find(clientId))) return false;
    if (accountId === undefined) return true;
    return (await loadAccount(accountId, authTime ?? extra?.auth_time)) !== undefined;
  }
}

function errorOf(step: string): string {
  return step === 'login' || step === 'consent' ? `${step}_required` : 'interaction_required';
}

function refuseLoop(step: string, reason: string, openid: OpenidSettings | undefined): never {
  const error = protocolOf(openid)?.openidLoginError(reason);
  if (step === 'login' && error) throw error;
  throw new engine.errors.AccessDenied(
    `the ${step} page was answered and is needed again (${reason})`,
  );
}
