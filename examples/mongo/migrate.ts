// Makes the indexes, before the first start and after each upgrade. `--print` only says which.
import { mongoIndexes } from '@gatehouse/store-mongo';
import mongoose from 'mongoose';
import { connect } from './database.js';
import { Note, User } from './models.js';

// #region migrate
if (process.argv.includes('--print')) {
  for (const { collection, key, options } of mongoIndexes()) {
    const parts = [key, options].map((part) => JSON.stringify(part)).join(', ');
    console.log(`db.getCollection(${JSON.stringify(collection)}).createIndex(${parts})`);
  }
} else {
  await connect();
  await Promise.all([User.createIndexes(), Note.createIndexes()]);
  for (const { collection, key, options } of mongoIndexes()) {
    await mongoose.connection.collection(collection).createIndex(key, options);
  }
  await mongoose.disconnect();
  console.log('indexes are there');
}
// #endregion migrate
