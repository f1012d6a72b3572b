import { options } from './options.js';

// #region memory
import { createAuthorizationServer } from '@gatehouse/core';
import { memoryStore } from '@gatehouse/store-memory';

export const auth = await createAuthorizationServer({ ...options, store: memoryStore() });
// #endregion memory
