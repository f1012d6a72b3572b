import { definePlugin, type Plugin } from '../plugin.js';
import type { AccountDirectory } from '../authorize/accounts.js';
import type { LoginMethod, LoginReply } from './login-method.js';
import type { InteractionView } from './view.js';

/** Options of {@link hostLogin}. */
export interface HostLoginOptions {
  /** The host's login page: absolute, or a path on the issuer's origin. It gets `returnTo` and `reason` as query parameters. */
  readonly url: string;
}

/** Why a person is sent to the host's login page. */
export type HostLoginReason = 'none' | 'reauthenticate';

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
      slots.check(() =>
        runtime.accounts.fromRequest
          ? []
          : [
              {
                path: 'accounts.fromRequest',
                message:
                  'is missing, and hostLogin() needs it. Return { account, authTime } from the session of the request.',
              },
            ],
      );
      slots.loginMethod(createHostLogin(url, runtime.issuer, runtime.accounts));
    },
  });
}

function createHostLogin(
  loginUrl: string,
  issuer: string,
  accounts: AccountDirectory,
): LoginMethod {
  function sendTo(
    interaction: InteractionView,
    reason: HostLoginReason = reasonOf(interaction),
  ): { redirect: string } {
    const target = new URL(loginUrl, issuer);
    target.searchParams.set('returnTo', `${interaction.url}/host`);
    target.searchParams.set('reason', reason);
    return { redirect: target.href };
  }

  async function finish(interaction: InteractionView): Promise<LoginReply> {
    const login = await accounts.fromRequest?.(interaction.req);
    // A re-authentication is met only by a login after the request began, or one that is recent enough.
    if (!login || !isFresh(interaction, login.authTime)) return sendTo(interaction);
    if (!(await accounts.isLoginValid(login.account, login.authTime))) {
      return sendTo(interaction, 'reauthenticate');
    }
    return {
      login: {
        accountId: accounts.idOf(login.account),
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
    view: (interaction) => sendTo(interaction),
    submit: finish,
    callback: finish,
  };
}

function reasonOf({ reasons }: InteractionView): HostLoginReason {
  return reasons.some((reason) => reason === 'login_prompt' || reason === 'max_age')
    ? 'reauthenticate'
    : 'none';
}

function isFresh({ reasons, startedAt }: InteractionView, authTime: number): boolean {
  const again = reasons.includes('login_prompt') || reasons.includes('max_age');
  return !again || authTime >= startedAt;
}
