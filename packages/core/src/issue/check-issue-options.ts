import { checkIdleWithin, day, lifetime } from '../app/check-lifetime.js';
import {
  type Check,
  type Checks,
  object,
  readMembers,
  readOptions,
  required,
  secret,
} from '../check.js';
import type { Place } from '../report.js';
import type { ResolvedOptions, ResolvedResource } from '../resolved-options.js';
import { quote } from '../show-value.js';
import { checkPrivateJwks, type SigningJwk } from './check-private-jwks.js';
import type { IssueOptions } from './options.js';

type ResolvedIssue = Pick<ResolvedOptions, 'codeLifetimeSeconds' | 'refreshToken' | 'keys'> & {
  /** Whether the host gave keys, right or wrong. */
  readonly hasOwnKeys: boolean;
};
type Part<Name extends keyof IssueOptions> = NonNullable<IssueOptions[Name]>;
type Windows = { public?: number; confidential?: number };

const keys = {
  jwks: required(checkPrivateJwks, 'Write { jwks: { keys: [ … ] } }.'),
} satisfies Checks<Part<'keys'>>;

// RFC 6749 §4.1.2: ten minutes at most.
const code = { lifetimeSeconds: lifetime({ max: 600 }) } satisfies Checks<Part<'code'>>;

const window = lifetime({ min: 0, max: 3600 });
const windows = { public: window, confidential: window } satisfies Checks<Windows>;

const checkWindow: Check<Windows> = (value, at) => {
  if (typeof value === 'object') return readOptions(windows, value, at)?.values;
  const seconds = window(value, at);
  return seconds === undefined ? undefined : { public: seconds, confidential: seconds };
};

const refreshToken = {
  idleSeconds: lifetime({ max: 3650 * day }),
  absoluteSeconds: lifetime({ max: 3650 * day }),
  replayWindowSeconds: checkWindow,
} satisfies Checks<Part<'refreshToken'>>;

const checks = {
  keys: secret(object(keys)),
  code: object(code),
  refreshToken: object(refreshToken),
} satisfies Checks<IssueOptions>;

/** The names of the options that {@link checkIssueOptions} reads. */
export const issueOptionNames: readonly string[] = Object.keys(checks);

/** Checks what is issued, for how long, and with which keys. */
export function checkIssueOptions(
  options: object,
  at: Place,
  resources: Iterable<ResolvedResource>,
): ResolvedIssue {
  const { values = {}, wrong } = readMembers(checks, options, at) ?? {};
  const {
    idleSeconds = 30 * day,
    absoluteSeconds = 180 * day,
    replayWindowSeconds,
  } = values.refreshToken ?? {};
  checkIdleWithin({ idleSeconds, absoluteSeconds }, at.at('refreshToken'));
  const jwks = values.keys?.jwks;
  if (jwks) checkAlgorithms(jwks.keys, resources, at.at('keys').at('jwks'));
  return {
    codeLifetimeSeconds: values.code?.lifetimeSeconds ?? 60,
    refreshToken: {
      idleSeconds,
      absoluteSeconds,
      replayWindowSeconds: { public: 60, confidential: 600, ...replayWindowSeconds },
    },
    ...(jwks && { keys: jwks }),
    hasOwnKeys: values.keys !== undefined || wrong?.has('keys') === true,
  };
}

function checkAlgorithms(
  keys: readonly SigningJwk[],
  resources: Iterable<ResolvedResource>,
  at: Place,
): void {
  for (const { identifier, alg, format } of resources) {
    if (format !== 'jwt' || keys.some((key) => key.alg === alg)) continue;
    at.at('keys').problem(
      `has no key for ${alg}, which tokens for ${quote(identifier)} are signed with. Add one, or set accessToken.alg of that resource.`,
    );
  }
}
