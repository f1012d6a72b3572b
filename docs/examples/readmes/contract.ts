// #region run
import { describe, it } from 'node:test';
import { storeContract } from '@gatehouse/store-contract';
import { freshPath } from './fresh-path.js';
import { jsonFileStore } from '../json-file-store/json-file-store.js';

storeContract(
  { describe, it },
  { makeStore: () => jsonFileStore({ path: freshPath() }) },
  { lacks: { processes: 'the file belongs to one process' } },
);
// #endregion run
