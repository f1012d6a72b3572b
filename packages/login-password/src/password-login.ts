import {
  definePlugin,
  type FormFields,
  type FormView,
  type InteractionView,
  inWords,
  type LoginReply,
  type LoginResult,
  type Plugin,
  type Runtime,
} from '@gatehouse/core';
import { longestIdentifier, normalizeIdentifier, usableIdentifier } from './identifier.js';
import { passwordKeyKind } from './identifier-key.js';
import { createKnownPlaces, passwordPlaceKind } from './known-places.js';
import { createLoginLimits, type LoginLimits, type LoginLimitsOptions } from './login-limits.js';
import { PasswordError } from './password-error.js';
import {
  checkPasswordOptions,
  longestPassword,
  type PasswordLoginOptions,
} from './password-options.js';
import { createPasswords, passwordKind } from './passwords.js';
import { noPasswords } from './server-extension.js';

/**
 * Login by identifier and password: your own check by `verify`, or passwords that Gatehouse keeps as argon2id hashes.
 *
 * @example passwordLogin({ verify: ({ identifier, password }) => User.check(identifier, password) })
 */
export function passwordLogin(options?: PasswordLoginOptions<never>): Plugin;
export function passwordLogin<Account>(options: PasswordLoginOptions<Account>): Plugin<Account>;
export function passwordLogin(options: PasswordLoginOptions<unknown> = {}): Plugin {
  return definePlugin({
    name: 'login-password',
    setup(slots, runtime) {
      slots.check(() => checkPasswordOptions(options));
      const normalize = options.identifier?.normalize ?? normalizeIdentifier;
      const check = options.verify ?? managed();
      if (options.verify) slots.extend('passwords', noPasswords);
      const limits = options.limits === false ? unlimited : limited(options.limits);
      const { acr } = options;
      const how = { amr: ['pwd'], ...(acr === undefined ? {} : { acr }) };
      const attempt = createAttempt(runtime, { check, limits, normalize, how });
      slots.loginMethod({
        name: 'password',
        label: 'Password',
        limited: options.limits !== false,
        view: (interaction) => formView(interaction, options),
        submit: attempt,
      });

      function limited(tiers?: LoginLimitsOptions): LoginLimits {
        slots.kind(passwordPlaceKind);
        return createLoginLimits(slots, createKnownPlaces(runtime), tiers);
      }

      function managed(): Check {
        slots.kind(passwordKind);
        slots.kind(passwordKeyKind);
        const { hashing } = options;
        const passwords = createPasswords(runtime, { normalize, ...(hashing ? { hashing } : {}) });
        slots.extend('passwords', passwords);
        return ({ identifier, password }) => passwords.verify(identifier, password);
      }
    },
  });
}

type Check = NonNullable<PasswordLoginOptions<unknown>['verify']>;

interface AttemptParts {
  readonly check: Check;
  readonly limits: LoginLimits;
  readonly normalize: (identifier: string) => string;
  /** How a login is said to have been. */
  readonly how: Pick<LoginResult, 'amr' | 'acr'>;
}

const unlimited: LoginLimits = (_attempt, check) => check();

// One answer for every way of being wrong: it must not say which names exist.
const wrong: LoginReply = { error: 'That name and password do not match.', status: 422 };

function createAttempt(
  runtime: Runtime,
  { check, limits, normalize, how }: AttemptParts,
): (interaction: InteractionView, fields: FormFields) => Promise<LoginReply> {
  return async ({ address, req }, fields) => {
    const identifier = (fields.get('identifier') ?? '').trim();
    const password = fields.get('password') ?? '';
    const usable = usableIdentifier(identifier, normalize);
    // No work and no point taken: such values are wrong for every account.
    if (usable === undefined || password === '' || password.length > longestPassword) return wrong;

    const handle = runtime.sign('login-password:identifier', usable);
    try {
      const result = await limits({ identifier: handle, address }, async () =>
        accountIdOf(await check({ identifier, password, req }), runtime),
      );
      if (result === undefined) return wrong;
      if (typeof result === 'object') return tooMany(result.retryAfterSeconds);
      return { login: { accountId: result, ...how } };
    } catch (error) {
      if (error instanceof PasswordError && error.code === 'busy') return busy;
      throw error;
    }
  };
}

// Looked up, whatever it is: a password may have outlived its account, and a deactivated account is nobody's.
async function accountIdOf(
  result: unknown,
  { accounts, logger }: Runtime,
): Promise<string | undefined> {
  if (!result) return undefined;
  const accountId = typeof result === 'string' ? result : accounts.idOf(result);
  if ((await accounts.find(accountId)) !== undefined) return accountId;
  // For the person the password is wrong, for ever. A mistake in the host's functions looks the same from there.
  logger.warn({}, unfound);
  return undefined;
}

const unfound =
  'a right password was refused, since accounts.find returned nothing for its account: it is deactivated, or accounts.find looks for something else than what accounts.id returns';

function tooMany(retryAfterSeconds: number): LoginReply {
  return {
    error: `Too many attempts. Try again ${inWords(retryAfterSeconds)}.`,
    status: 429,
    retryAfterSeconds,
  };
}

const busy: LoginReply = {
  error: 'Too many people are signing in right now. Try again in a few seconds.',
  status: 503,
  retryAfterSeconds: 5,
};

function formView(
  { params }: InteractionView,
  { identifier = {}, links }: PasswordLoginOptions<unknown>,
): FormView {
  const hint = params.login_hint;
  return {
    fields: [
      {
        name: 'identifier',
        label: identifier.label ?? 'Email or username',
        type: identifier.type ?? 'text',
        autocomplete: identifier.autocomplete ?? 'username',
        inputmode: identifier.inputmode ?? 'email',
        required: true,
        maxLength: longestIdentifier,
        ...(hint && hint.length <= longestIdentifier ? { value: hint } : {}),
      },
      {
        name: 'password',
        label: 'Password',
        type: 'password',
        autocomplete: 'current-password',
        required: true,
        maxLength: longestPassword,
      },
    ],
    submit: 'Sign in',
    ...(links ? { links } : {}),
  };
}
