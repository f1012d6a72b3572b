import { consentScreen } from '@gatehouse/consent';
import { createAuthorizationServer } from '@gatehouse/core';
import { passwordLogin } from '@gatehouse/login-password';
import { mongoStore } from '@gatehouse/store-mongo';
import mongoose from 'mongoose';
import { connect } from './database.js';
import { checkPassword, findUser, type UserDocument } from './models.js';
import { settings } from './settings.js';

export const api = `${settings.origin}/api`;

// #region auth
await connect();
export const auth = await createAuthorizationServer({
  issuer: `${settings.origin}/auth`,
  secrets: settings.secrets,
  // The app's own connection; migrate.ts makes the indexes.
  store: mongoStore({ connection: mongoose.connection, createIndexes: false }),
  theme: { name: 'Acme Notes' },
  accounts: {
    find: (id: string): Promise<UserDocument | undefined> => findUser(id),
    id: (user) => user.id,
    label: (user) => user.email,
  },
  resources: {
    [api]: {
      name: 'Acme Notes',
      scopes: { 'notes:read': 'Read your notes', 'notes:write': 'Write notes' },
    },
  },
  clients: [
    {
      client_id: 'web',
      client_name: 'Acme Planner',
      client_secret: settings.webSecret,
      redirect_uris: ['https://planner.example/callback'],
      scope: 'notes:read notes:write',
    },
  ],
  plugins: [
    passwordLogin({ verify: ({ identifier, password }) => checkPassword(identifier, password) }),
    consentScreen(),
  ],
});
// #endregion auth
