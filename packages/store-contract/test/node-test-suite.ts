import { describe, it } from 'node:test';
import { memoryStore } from '@gatehouse/store-memory';
import { storeContract } from '../src/index.js';

storeContract({ describe, it }, { makeStore: () => memoryStore() });
