import type mongoose from 'mongoose';

// #region indexes
import { mongoIndexes } from '@gatehouse/store-mongo';

export async function migrate({ connection }: typeof mongoose): Promise<void> {
  for (const { collection, key, options } of mongoIndexes()) {
    await connection.collection(collection).createIndex(key, options);
  }
}
// #endregion indexes
