/** What the store calls of a collection of the MongoDB driver. */
export interface MongoCollection {
  insertOne(document: object, options: object): Promise<unknown>;
  insertMany(documents: object[], options: object): Promise<unknown>;
  updateOne(filter: object, update: object, options: object): Promise<MongoMatched>;
  replaceOne(filter: object, replacement: object, options: object): Promise<MongoMatched>;
  deleteMany(filter: object, options: object): Promise<{ readonly deletedCount: number }>;
  bulkWrite(
    writes: { readonly deleteOne: { readonly filter: object } }[],
    options: object,
  ): Promise<{ readonly deletedCount: number }>;
  findOneAndUpdate(filter: object, update: object, options: object): Promise<unknown>;
  findOneAndDelete(filter: object, options: object): Promise<unknown>;
  findOne(filter: object, options: object): Promise<unknown>;
  find(filter: object, options: object): MongoCursor;
  aggregate(pipeline: object[], options: object): MongoCursor;
  createIndex(keys: Record<string, 1>, options: object): Promise<unknown>;
}

/** What an update answers. */
export interface MongoMatched {
  readonly matchedCount: number;
}

/** What a query answers. */
export interface MongoCursor {
  toArray(): Promise<unknown[]>;
}

/** What the store calls of a database of the MongoDB driver. */
export interface MongoDatabase {
  readonly databaseName: string;
  collection(name: string): MongoCollection;
}

/** What the store calls of a client of the MongoDB driver. */
export interface MongoClient {
  db(name: string, options: object): MongoDatabase;
}

/**
 * What the store calls of a mongoose connection: that of mongoose 8 and 9 has it.
 *
 * @group store
 */
export interface MongoConnection {
  /** 0 disconnected, 1 connected, 2 connecting, 3 disconnecting. */
  readonly readyState: number;
  readonly db?: { readonly databaseName: string } | undefined;
  getClient(): MongoClient;
  asPromise(): Promise<unknown>;
}
