import { options } from './options.js';

// #region mongo
import { createAuthorizationServer } from '@gatehouse/core';
import { mongoStore } from '@gatehouse/store-mongo';
import mongoose from 'mongoose';

await mongoose.connect(process.env.DATABASE_URI ?? 'mongodb://127.0.0.1/acme');

export const auth = await createAuthorizationServer({
  ...options,
  store: mongoStore({ connection: mongoose.connection }),
});
// #endregion mongo
