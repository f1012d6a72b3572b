import { consentScreen } from '@gatehouse/consent';
import { createAuthorizationServer, hostLogin } from '@gatehouse/core';
import { memoryStore } from '@gatehouse/store-memory';
import type { Request } from 'express';
import { loginOf } from './login.js';
import { origin } from './settings.js';
import { findUser, type User } from './users.js';

const { GATEHOUSE_SECRET = '', PARTNER_SECRET = '', WEB_SECRET = '' } = process.env;

export const api = `${origin}/api`;

// #region auth
export const auth = await createAuthorizationServer({
  issuer: `${origin}/auth`,
  secrets: [GATEHOUSE_SECRET],
  store: memoryStore(),
  theme: { name: 'Acme Notes' },
  accounts: {
    find: (id: string): User | undefined => findUser(id),
    id: (user) => user.id,
    label: (user) => user.email,
    sessionsValidFrom: (user) => user.signedOutAt,
    // The app's own session is the login: whoever is logged in here is not asked again.
    fromRequest(req) {
      const login = loginOf(req as Request);
      return login && { account: login.user, authTime: login.loggedInAt, amr: ['pwd'] };
    },
  },
  resources: {
    [api]: {
      name: 'Acme Notes',
      scopes: { 'notes:read': 'Read your notes', 'notes:write': 'Write and change your notes' },
    },
  },
  clients: [
    {
      client_id: 'web',
      client_name: 'Acme Web',
      client_secret: WEB_SECRET,
      redirect_uris: ['https://web.acme.example/callback'],
      firstParty: true, // your own app: nobody is asked, and it may have every scope
    },
    {
      client_id: 'partner',
      client_name: 'Partner Planner',
      client_secret: PARTNER_SECRET,
      redirect_uris: ['https://planner.partner.example/callback'],
      scope: 'notes:read', // the most that people can allow it
    },
  ],
  plugins: [hostLogin({ url: '/login' }), consentScreen()],
});
// #endregion auth
