import type { FormFields, FormView, LoginMethod, LoginReply } from './login-method.js';
import { retainValues } from './retain-values.js';
import type { PageView, Step, StepReply } from './step.js';
import type { AuthorizationView, InteractionView } from './view.js';

/** A login that a method refused. */
export interface LoginFailure {
  readonly clientId: string;
  readonly method: string;
  readonly status: number;
  readonly retryAfterSeconds?: number;
}

/** What the login step is made from. */
export interface LoginStepParts {
  /** Known once every plugin is set up. */
  readonly installed: () => readonly LoginMethod[];
  readonly now: () => number;
  readonly onFailure: (failure: LoginFailure) => void;
}

/** What the page shows beside the forms. `form` replaces that of the active method. */
interface Shown {
  readonly error?: string;
  readonly notice?: string;
  readonly activeMethod?: string;
  readonly form?: FormView;
}

/** The login step over all installed login methods. */
export function createLoginStep({ installed, now, onFailure }: LoginStepParts): Step {
  function methodCalled(name: string): LoginMethod | undefined {
    return installed().find((method) => method.name === name);
  }

  async function page(
    interaction: InteractionView,
    { form, ...more }: Shown = {},
    reply: { status?: number; retryAfterSeconds?: number } = {},
    fields: FormFields = new Map(),
  ): Promise<StepReply> {
    const methods = installed();
    const views = [];
    for (const method of methods) {
      const { name, label } = method;
      const active = name === more.activeMethod;
      const view = (active && form) || (await method.view(interaction));
      if ('redirect' in view) {
        // The only way to log in needs no page; beside others it is a button.
        if (methods.length === 1) return view;
        views.push({ name, label, form: { fields: [], submit: label } });
      } else views.push({ name, label, form: active ? retainValues(view, fields) : view });
    }
    const { client, reasons } = interaction;
    // Whoever must prove who they are again has nothing to choose.
    const accounts = reasons.some((reason) => anybody.has(reason))
      ? await interaction.otherAccounts()
      : [];
    const others = accounts.length > 0 ? { accounts } : {};
    const data = { client, methods: views, reasons, ...others, ...more };
    return { page: 'login', data, ...reply } satisfies PageView;
  }

  function answer(
    interaction: InteractionView,
    method: LoginMethod,
    reply: LoginReply,
    fields: FormFields,
  ): Promise<StepReply> | StepReply {
    if ('redirect' in reply) return reply;
    if ('login' in reply) return { login: reply.login, method: method.name };
    const activeMethod = method.name;
    if ('form' in reply) {
      const { form, notice } = reply;
      return page(interaction, { activeMethod, form, ...(notice === undefined ? {} : { notice }) });
    }
    const { error, status = 422, retryAfterSeconds } = reply;
    const wait = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
    const clientId = interaction.client.client_id;
    onFailure({ clientId, method: method.name, status, ...wait });
    return page(interaction, { error, activeMethod }, { status, ...wait }, fields);
  }

  return {
    name: 'login',
    requestable: true,
    required: (request) => loginNeeded(request, now()),
    show: (interaction) => page(interaction),
    async submit(interaction, fields) {
      if (fields.get('action') === 'deny') {
        return { deny: { error: 'access_denied', description: 'the person cancelled the login' } };
      }
      const account = fields.get('account');
      // A form of a login method names it, and may have a field of any name.
      const named = fields.get('method');
      if (account !== undefined && named === undefined) return { useSession: account };
      const method = methodCalled(named ?? '');
      if (!method) return page(interaction, {}, { status: 400 });
      return answer(interaction, method, await method.submit(interaction, fields), fields);
    },
    async callback(interaction, rest, query) {
      const method = methodCalled(rest);
      if (!method?.callback) return page(interaction, {}, { status: 404 });
      return answer(interaction, method, await method.callback(interaction, query), query);
    },
  };
}

const anybody: ReadonlySet<string> = new Set([
  'no_session',
  'switch_account',
  'id_token_hint',
  'subject',
]);

// Without an account there is nobody to go on with; `max_age` asks for a login that is recent enough (OpenID Connect Core
// §3.1.2.1), and RFC 9470 §4 gives it the same meaning without OpenID.
function loginNeeded(request: AuthorizationView, now: number): { reason: string } | undefined {
  const { switched, login } = request.answered;
  // Before the session is looked at: the host's own may have made it anew.
  if (switched && !login) return { reason: 'switch_account' };
  if (!request.account) return { reason: 'no_session' };
  if (request.loginNeeded) return request.loginNeeded;
  const maxAge = request.params.max_age;
  if (maxAge === undefined || login) return undefined;
  const { authTime } = request.session;
  const limit = Number(maxAge);
  // 0 asks for a login now, even in the second of the last one.
  const isRecent = authTime !== undefined && limit > 0 && now - authTime <= limit;
  return isRecent ? undefined : { reason: 'max_age' };
}
