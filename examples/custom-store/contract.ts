// #region run
import { describe, it } from 'node:test';
import { storeContract } from '@gatehouse/store-contract';

const module = new URL('./contract-module.js', import.meta.url);
const config = { url: process.env.REDIS_URI };

storeContract({ describe, it }, { module, config });
// #endregion run
