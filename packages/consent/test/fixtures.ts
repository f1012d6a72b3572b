import type { IncomingMessage } from 'node:http';
import type { ClientView, InteractionView } from '@gatehouse/core';

export const api = 'https://acme.example/api';

export const client: ClientView = {
  client_id: 'notes',
  client_name: 'Acme Notes',
  client_uri: 'https://notes.example/start',
  policy_uri: 'https://notes.example/privacy',
  tos_uri: 'https://notes.example/terms',
  logo_uri: 'https://notes.example/logo.png',
  firstParty: false,
  confidential: true,
  source: 'static',
};

/** Four scopes: one that goes with Allow, one without a resource, two of an API. */
export const requested = { '': ['openid', 'email'], [api]: ['notes:read', 'notes:write'] };

export function interaction(change: Partial<InteractionView> = {}): InteractionView {
  return {
    uid: 'u1',
    startedAt: 1_800_000_000,
    step: 'consent',
    reasons: ['new_scopes'],
    client,
    params: {},
    requested,
    scopeTexts: {
      'openid': 'Know who you are',
      'email': 'See your email address',
      'notes:read': 'Read your notes',
      'notes:write': 'Change your notes',
    },
    resourceNames: { [api]: 'Acme API' },
    destination: {
      redirectUri: 'https://app.example/cb',
      display: 'app.example',
      kind: 'https',
    },
    account: { accountId: 'a1', label: 'ada@example.com' },
    url: 'https://acme.example/auth/interaction/u1',
    address: '192.0.2.1',
    otherAccounts: async () => [],
    req: {} as IncomingMessage,
    ...change,
  };
}
