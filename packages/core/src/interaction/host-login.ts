import { definePlugin, type Plugin, type Runtime } from '../plugin.js';
import type { LoginMethod, LoginReply } from './login-method.js';
import type { InteractionView } from './view.js';

/** Options of {@link hostLogin}. */
export interface HostLoginOptions {
  /**
   * The host's login page: absolute, or a path on the issuer's origin. It gets `returnTo` and `reason` as query parameters; see
   * {@link HostLoginExtension.returnTo}.
   */
  readonly url: string;
}

/**
 * Why a person is sent to the host's login page. `none`: nobody is logged in. `reauthenticate`: the login is asked for anew, or the
 * one that the host knows no longer counts.
 * `switch_account`: the person wants to be somebody else.
 */
export type HostLoginReason = 'none' | 'reauthenticate' | 'switch_account';

/** What {@link hostLogin} adds to the server, as `auth.hostLogin`. */
export interface HostLoginExtension {
  /**
   * The `returnTo` parameter of the login page, if this server made it, else nothing. Send the browser there after the login.
   *
   * Threat: a login page that redirects to whatever its query says sends people who have just logged in to any site.
   *
   * @example res.redirect(auth.hostLogin?.returnTo(req.query.returnTo) ?? '/')
   */
  returnTo(value: unknown): string | undefined;
}

declare module '../server.js' {
  interface ServerExtensions {
    /** Present with the plugin `hostLogin`. */
    readonly hostLogin?: HostLoginExtension;
  }
}

const label = 'host-login:return-to';
const longestUrl = 2000;

/**
 * Makes the host's own login page the login. The page logs the person in as always and then sends the browser to `returnTo`,
 * which is an address of this server. Needs `accounts.fromRequest`.
 *
 * @group interaction
 */
export function hostLogin({ url }: HostLoginOptions): Plugin<unknown> {
  return definePlugin({
    name: 'host-login',
    setup(slots, runtime) {
      slots.check(() => [
        ...(runtime.accounts.fromRequest ? [] : [missingFromRequest]),
        ...(isLoginUrl(url, runtime.issuer) ? [] : [unusableUrl]),
      ]);
      slots.loginMethod(createHostLogin(url, runtime));
      slots.extend('hostLogin', {
        returnTo: (value) => checkedReturnTo(value, runtime),
      } satisfies HostLoginExtension);
    },
  });
}

const missingFromRequest = {
  path: 'accounts.fromRequest',
  message:
    'is missing, and hostLogin() needs it. Return { account, authTime } from the session of the request.',
};

const unusableUrl = {
  path: 'hostLogin.url',
  message: 'must be an http(s) URL, or a path like "/login". It is the login page of your app.',
};

function createHostLogin(loginUrl: string, runtime: Runtime): LoginMethod {
  const { accounts, issuer } = runtime;

  function loginUrlFor(returnTo: string, reason: HostLoginReason): string {
    const target = new URL(loginUrl, issuer);
    target.searchParams.set('returnTo', `${returnTo}?s=${runtime.sign(label, returnTo)}`);
    target.searchParams.set('reason', reason);
    return target.href;
  }

  async function sendTo(interaction: InteractionView): Promise<{ redirect: string }> {
    const asked = reasonOf(interaction);
    // Somebody is logged in there, by a login that no longer counts. A login page that hears of nobody would send them straight back.
    const reason = asked === 'none' && (await isStale(interaction)) ? 'reauthenticate' : asked;
    return { redirect: loginUrlFor(`${interaction.url}/host`, reason) };
  }

  async function isStale({ req }: InteractionView): Promise<boolean> {
    const login = await accounts.fromRequest?.(req);
    if (!login) return false;
    const { account, authTime } = login;
    return (await accounts.findLoggedIn(accounts.idOf(account), authTime)) === undefined;
  }

  async function finish(interaction: InteractionView): Promise<LoginReply> {
    const login = await accounts.fromRequest?.(interaction.req);
    const accountId = login && accounts.idOf(login.account);
    if (!login || accountId === undefined) return askAgain;
    if (!isFresh(interaction, login.authTime)) return askAgain;
    if ((await accounts.findLoggedIn(accountId, login.authTime)) === undefined) return askAgain;
    return {
      login: {
        accountId,
        amr: login.amr ?? [],
        authTime: login.authTime,
        ...(login.acr === undefined ? {} : { acr: login.acr }),
      },
    };
  }

  return {
    name: 'host',
    label: 'Sign in',
    limited: true,
    view: sendTo,
    submit: sendTo,
    callback: finish,
    signIn: (returnTo) => loginUrlFor(returnTo, 'none'),
  };
}

// A page and not a redirect: a login page that sends people straight back would make a circle of it.
const askAgain: LoginReply = {
  form: { fields: [], submit: 'Sign in' },
  notice: 'To go on, please sign in once more.',
};

const anotherAccount: ReadonlySet<string> = new Set(['switch_account', 'id_token_hint', 'subject']);
const anotherLogin: ReadonlySet<string> = new Set(['login_prompt', 'max_age', 'acr']);

function reasonOf({ reasons }: InteractionView): HostLoginReason {
  if (reasons.some((reason) => anotherAccount.has(reason))) return 'switch_account';
  return reasons.some((reason) => anotherLogin.has(reason)) ? 'reauthenticate' : 'none';
}

// A re-authentication is met only by a login after the request began.
function isFresh(interaction: InteractionView, authTime: number): boolean {
  return reasonOf(interaction) === 'none' || authTime >= interaction.startedAt;
}

function checkedReturnTo(value: unknown, { verify }: Runtime): string | undefined {
  if (typeof value !== 'string' || value.length > longestUrl) return undefined;
  const [returnTo = '', signature = '', ...more] = value.split('?s=');
  return more.length === 0 && verify(label, returnTo, signature) ? value : undefined;
}

function isLoginUrl(url: unknown, issuer: string): boolean {
  if (typeof url !== 'string' || !URL.canParse(url, issuer)) return false;
  return /^https?:$/.test(new URL(url, issuer).protocol);
}
