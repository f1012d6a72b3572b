import {
  callable,
  type Check,
  type Checks,
  contract,
  list,
  oneOf,
  readMembers,
  required,
  secret,
} from '../check.js';
import type { Place } from '../report.js';
import type { ResolvedOptions } from '../resolved-options.js';
import { quote } from '../show-value.js';
import { checkIssuer } from './check-issuer.js';
import { checkOutbound } from './check-outbound.js';
import { checkSecrets, secretsFix } from './check-secrets.js';
import { checkTheme } from './check-theme.js';
import { defaultLogger, type Logger } from './logger.js';
import type { AppOptions, Waiver } from './options.js';
import { parseUrl } from './parse-url.js';

type ResolvedApp = Pick<
  ResolvedOptions,
  | 'issuer'
  | 'mountPath'
  | 'origin'
  | 'secure'
  | 'secrets'
  | 'logger'
  | 'theme'
  | 'lang'
  | 'allowedOrigins'
  | 'outbound'
  | 'waivers'
>;

const level = required(callable, 'A logger has debug, info, warn and error.');
const checkLogger = contract<Logger>({ debug: level, info: level, warn: level, error: level });

const checkLang: Check<string> = (value, at) =>
  typeof value === 'string' && /^[a-z]{2,3}(-[a-z0-9]{1,8}){0,4}$/i.test(value)
    ? value
    : at.problem(`must be a BCP 47 tag like "en" or "de-CH", got ${at.show(value)}.`);

const checkOrigin: Check<string> = (value, at) => {
  const url = parseUrl(value);
  if (!url || !/^https?:$/.test(url.protocol)) {
    return at.problem(
      `must be an origin, got ${at.show(value)}. Write it like "https://app.acme.example".`,
    );
  }
  if (value === url.origin) return value;
  return at.problem(
    `must be an origin and no more, got ${at.show(value)}. Write ${quote(url.origin, 200)}.`,
  );
};

// As a record, so that a waiver without an entry does not compile.
const waivers: Readonly<Record<Waiver, true>> = {
  'http-issuer': true,
  'short-secret': true,
  'short-client-secret': true,
  'memory-store': true,
  'throw-away-keys': true,
  'unlimited-login': true,
  'no-nonce': true,
  'loopback-requests': true,
  'private-requests': true,
};

function checks(production: boolean) {
  return {
    issuer: required(
      checkIssuer(production),
      'Set it to the URL that clients will know, like "https://acme.example/auth".',
    ),
    secrets: required(secret(checkSecrets), secretsFix),
    logger: secret(checkLogger),
    theme: checkTheme,
    lang: checkLang,
    allowedOrigins: list(checkOrigin, "['https://app.acme.example']"),
    outbound: checkOutbound,
    waivers: list(oneOf(...(Object.keys(waivers) as Waiver[])), "['http-issuer']"),
  } satisfies Checks<AppOptions>;
}

/** The names of the options that {@link checkAppOptions} reads. */
export const appOptionNames: readonly string[] = Object.keys(checks(false));

/** Checks how the server meets the host's app. What is wrong is reported, and stands as its default in the result. */
export function checkAppOptions(options: object, at: Place, production: boolean): ResolvedApp {
  const values = readMembers(checks(production), options, at)?.values ?? {};
  const issuer = values.issuer ?? { issuer: '', origin: '', mountPath: '', secure: false };
  return {
    ...issuer,
    secrets: values.secrets ?? [],
    logger: values.logger ?? defaultLogger,
    theme: { name: parseUrl(issuer.issuer)?.host ?? '', ...values.theme },
    lang: values.lang ?? 'en',
    allowedOrigins: new Set(values.allowedOrigins),
    outbound: { allowLoopback: false, allowNetworks: [], ...values.outbound },
    waivers: new Set(values.waivers),
  };
}
