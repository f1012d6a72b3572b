import type { IncomingMessage } from 'node:http';
import { accountClaims, api, forge, issuer, now, quiet, sign, signingKey } from '../test/issuer.js';
import { type Check, presentedChecks, requestChecks, routeChecks, tokenChecks } from './checks.js';
import { createVerifier } from './create-verifier.js';
import type { GuardError } from './guard-error.js';
import { createRoute } from './route.js';

/** What makes a good request a bad one. */
interface Spoil {
  readonly authorization?: string;
  readonly count?: number;
  readonly url?: string;
  readonly token?: string;
  readonly forged?: boolean;
  readonly revoked?: boolean;
  readonly header?: Record<string, unknown>;
  readonly claims?: Record<string, unknown>;
}

type Ladder = readonly (readonly [check: string, spoil: Spoil])[];

const requestRungs: Ladder = [
  ['once', { count: 2 }],
  ['header only', { url: '/notes?access_token=x' }],
  ['present', { authorization: 'Basic eDp5' }],
  ['well formed', { authorization: 'Bearer two words' }],
];
const routeRungs: Ladder = [
  ['sender constraint', { claims: { cnf: { jkt: 'x' } } }],
  ['kind', { claims: { sub_type: 'client' } }],
  ['scope', { claims: { scope: 'notes:write' } }],
  ['authentication class', { claims: { acr: 'urn:acme:guess' } }],
  ['authentication age', { claims: { auth_time: now() - 3600 } }],
];

const jwtLadder: Ladder = [
  ...requestRungs,
  ['readable', { token: 'a.b.c' }],
  ['type', { header: { typ: 'JWT' } }],
  ['extensions', { header: { crit: ['exp'] } }],
  ['algorithm', { header: { alg: 'HS256' } }],
  ['signature', { forged: true }],
  ['issuer', { claims: { iss: 'https://evil.example' } }],
  ['audience', { claims: { aud: 'https://acme.example/other' } }],
  ['time', { claims: { exp: now() - 600 } }],
  ['claims', { claims: { jti: undefined } }],
  ['revocation', { revoked: true }],
  ...routeRungs,
];
const opaqueLadder: Ladder = [
  ...requestRungs,
  ['readable', { claims: { active: false } }],
  ['type', { claims: { token_type: undefined } }],
  ['issuer', { claims: { iss: 'https://evil.example' } }],
  ['audience', { claims: { aud: 'https://acme.example/other' } }],
  ['time', { claims: { exp: now() - 600 } }],
  ['claims', { claims: { client_id: undefined } }],
  ...routeRungs,
];

const declared = { scopes: { 'notes:read': '', 'notes:write': '' } };
const route = createRoute(new Map([[api, declared]]), api, {
  scope: 'notes:read',
  acr: 'urn:acme:password',
  maxAge: 300,
});

/** Spoils everything from one rung on, and says which check noticed. */
async function refusedBy(ladder: Ladder, from: number, format: 'jwt' | 'opaque'): Promise<string> {
  const key = await signingKey();
  const spoils = ladder.slice(from).map(([, spoil]) => spoil);
  const spoiled: Spoil = Object.assign({}, ...spoils.toReversed()); // the earliest wins
  const header = Object.assign(
    { alg: key.alg, kid: key.kid, typ: 'at+jwt' },
    ...spoils.map((spoil) => spoil.header),
  );
  const claims = Object.assign(
    { ...accountClaims(), active: true, token_type: 'Bearer' },
    ...spoils.map((spoil) => spoil.claims),
  );
  const jwt = spoiled.forged ? forge(header, claims) : await sign(key, claims, header);
  const token = format === 'jwt' ? (spoiled.token ?? jwt) : 'opaque';
  const authorization = spoiled.authorization ?? `Bearer ${token}`;
  const headers = Array.from({ length: spoiled.count ?? 1 }, () => [
    'Authorization',
    authorization,
  ]);
  const request = {
    headers: { authorization },
    rawHeaders: headers.flat(),
    url: spoiled.url ?? '/notes',
  };
  const { verifyRequest } = createVerifier({
    issuer,
    source: {
      key: async () => key.publicKey,
      revoked: () => spoiled.revoked ?? false,
      introspect: async () => claims,
    },
    cacheSize: 10,
    clockToleranceSeconds: 5,
    logger: quiet,
    clock: now,
  });
  return verifyRequest(request as IncomingMessage, route).then(
    () => 'none',
    (error: GuardError) => error.check,
  );
}

const tables = [requestChecks, presentedChecks, tokenChecks, routeChecks].flat() as Check<never>[];

describe('the order of the checks', () => {
  it('is this one, with these errors', () => {
    expect(tables.map(([name, error]) => `${name}: ${error ?? 'no error'}`)).toEqual([
      'once: invalid_request',
      'header only: invalid_request',
      'present: no error',
      'well formed: invalid_request',
      'readable: invalid_token',
      'type: invalid_token',
      'extensions: invalid_token',
      'algorithm: invalid_token',
      'signature: invalid_token',
      'issuer: invalid_token',
      'audience: invalid_token',
      'time: invalid_token',
      'claims: invalid_token',
      'revocation: invalid_token',
      'sender constraint: invalid_token',
      'kind: insufficient_scope',
      'scope: insufficient_scope',
      'authentication class: insufficient_user_authentication',
      'authentication age: insufficient_user_authentication',
    ]);
  });

  for (const [format, ladder, column] of [
    ['jwt', jwtLadder, 2],
    ['opaque', opaqueLadder, 3],
  ] as const) {
    it(`has a test for every check of a ${format} token`, () => {
      const names = tables.filter((row) => row[column] !== undefined).map(([name]) => name);
      expect(ladder.map(([name]) => name)).toEqual(names);
    });

    for (const [index, [name]] of ladder.entries()) {
      it(`reports "${name}" first when it and all after it fail for a ${format} token`, async () => {
        expect(await refusedBy(ladder, index, format)).toBe(name);
      });
    }

    it(`lets a ${format} token through when nothing fails`, async () => {
      expect(await refusedBy(ladder, ladder.length, format)).toBe('none');
    });
  }
});
