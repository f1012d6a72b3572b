import { checkIdleWithin, day, lifetime } from '../app/check-lifetime.js';
import {
  callable,
  type Check,
  type Checks,
  object,
  readMembers,
  readOptions,
  required,
  secret,
  type Values,
} from '../check.js';
import type { Place } from '../report.js';
import type { ResolvedOptions, ResolvedResource } from '../resolved-options.js';
import { quote } from '../show-value.js';
import { checkPrivateJwks, checkSignerJwks } from './check-private-jwks.js';
import type { ExternalSigner, IssueOptions } from './options.js';
import type { SigningJwk } from './signing-key.js';

type ResolvedIssue = Pick<ResolvedOptions, 'codeLifetimeSeconds' | 'refreshToken' | 'keys'> & {
  /** Whether the host gave keys, right or wrong. */
  readonly hasOwnKeys: boolean;
};
type Part<Name extends keyof IssueOptions> = NonNullable<IssueOptions[Name]>;
type Windows = { public?: number; confidential?: number };

const signer = {
  jwks: required(checkSignerJwks, 'It holds the public keys: { keys: [ … ] }.'),
  sign: required(
    callable as Check<ExternalSigner['sign']>,
    'It makes a signature: (alg, kid, bytes) => …',
  ),
} satisfies Checks<ExternalSigner>;

const checkRotation: Check<number | false> = (value, at) =>
  value === false ? value : lifetime({ max: 3650 * day })(value, at);

const keys = {
  jwks: checkPrivateJwks,
  signer: object(signer),
  rotateSeconds: checkRotation,
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
  const keys = resolveKeys(values.keys ?? {}, at.at('keys'));
  for (const [place, set] of ownSets(keys, at.at('keys'))) {
    checkAlgorithms(set, resources, place);
  }
  return {
    codeLifetimeSeconds: values.code?.lifetimeSeconds ?? 60,
    refreshToken: {
      idleSeconds,
      absoluteSeconds,
      replayWindowSeconds: { public: 60, confidential: 600, ...replayWindowSeconds },
    },
    keys,
    hasOwnKeys: keys.jwks !== undefined || keys.signer !== undefined || wrong?.has('keys') === true,
  };
}

type GivenKeys = NonNullable<Values<typeof checks>['keys']>;

function resolveKeys(
  { jwks, signer, rotateSeconds }: GivenKeys,
  at: Place,
): ResolvedOptions['keys'] {
  if (jwks && signer) {
    at.problem('must have either jwks or signer, got both.');
  }
  if ((jwks || signer) && rotateSeconds !== undefined) {
    at.at('rotateSeconds').problem(
      'is for keys that the server makes. Leave it out: keys of your own rotate where you keep them.',
    );
  }
  const { jwks: signerJwks, sign } = signer ?? {};
  return {
    ...(jwks && { jwks }),
    ...(signerJwks && sign && { signer: { jwks: signerJwks, sign } }),
    rotateSeconds: rotateSeconds ?? 90 * day,
  };
}

/** The keys of the host's own, and where they stand in the options. */
export function ownSets(
  { jwks, signer }: ResolvedOptions['keys'],
  at: Place,
): readonly (readonly [place: Place, keys: readonly SigningJwk[]])[] {
  return [
    ...(jwks ? ([[at.at('jwks'), jwks.keys]] as const) : []),
    ...(signer ? ([[at.at('signer').at('jwks'), signer.jwks.keys]] as const) : []),
  ];
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
