import type { KindDeclaration, Relation } from '../store.js';

type KeyNames = readonly (readonly [name: string, unique?: 'unique'])[];

function kind(name: string, ...keys: KeyNames): KindDeclaration {
  return {
    kind: name,
    keys: Object.fromEntries(keys.map(([key, unique]) => [key, unique ? { unique: true } : {}])),
  };
}

const token: KeyNames = [['grantId'], ['accountId'], ['clientId']];

/** The records of the engine's models and of the core itself, with the keys that they can be found by. */
export const coreKinds: readonly KindDeclaration[] = [
  kind('Session', ['uid', 'unique'], ['accountId']),
  kind('Interaction'),
  kind('PushedAuthorizationRequest'),
  kind('AuthorizationCode', ...token),
  kind('AccessToken', ...token),
  kind('RefreshToken', ...token),
  kind('ClientCredentials', ['clientId']),
  kind('Grant', ['accountId'], ['clientId'], ['sessionUid'], ['connection']),
  kind('LastUse'),
  kind('ReplayDetection'),
  kind('Client'),
  kind('Consent', ['accountId'], ['clientId']),
  kind('SigningKeys'),
  kind('PairwiseSalt'),
  kind('AccountEpoch'),
  kind('ClientEpoch'),
  kind('Revocation', ['minute']),
  kind('Job', ['due']),
];

/** Kinds whose id is a value that a browser or client presents: hashed as id, sealed as payload. */
export const bearerKinds: ReadonlySet<string> = new Set([
  'Session',
  'Interaction',
  'PushedAuthorizationRequest',
  'AuthorizationCode',
  'AccessToken',
  'RefreshToken',
  'ClientCredentials',
]);

/** How often all that the record's account has was revoked: fetched in the same trip. */
export const accountEpochOf: Relation = { kind: 'AccountEpoch', key: 'id', from: 'accountId' };

/** The browser session that a grant belongs to. */
export const sessionOf: Relation = { kind: 'Session', key: 'uid', from: 'sessionUid' };
