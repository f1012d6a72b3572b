export type {
  MongoClient,
  MongoCollection,
  MongoConnection,
  MongoCursor,
  MongoDatabase,
  MongoMatched,
} from './driver.js';
export { type MongoIndex, mongoIndexes } from './indexes.js';
export { type MongoStore, type MongoStoreOptions, mongoStore } from './mongo-store.js';
