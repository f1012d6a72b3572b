import mongoose from 'mongoose';
import { settings } from './settings.js';

/** Connects mongoose, once for the whole process: the app's models and Gatehouse share the pool. */
export async function connect(): Promise<void> {
  // #region connect
  await mongoose.connect(settings.databaseUri, {
    autoIndex: false, // indexes are made by migrate.ts, and not by each process that starts
    serverSelectionTimeoutMS: 3000,
    socketTimeoutMS: 5000, // a query of the app ends too when the database hangs
  });
  // #endregion connect
}
