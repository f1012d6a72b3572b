import mongoose from 'mongoose';
import { byKind, epoch, type Payload, type PlainStore } from './plain-adapter.js';

interface Document {
  readonly _id: string;
  readonly payload: Payload;
  readonly expiresAt?: Date;
}

/** The engine's records in MongoDB as most teams keep them: a model for each kind, and an upsert for each record. */
export async function plainMongo(uri: string, prefix: string): Promise<PlainStore> {
  const connection = await mongoose.createConnection(uri).asPromise();
  const models: { init(): Promise<unknown> }[] = [];
  const adapter = byKind((kind) => {
    const schema = new mongoose.Schema<Document>({
      _id: String,
      payload: { type: mongoose.Schema.Types.Mixed },
      expiresAt: { type: Date, index: { expireAfterSeconds: 0 } },
    });
    schema.index({ 'payload.grantId': 1 });
    if (kind === 'Session' || kind === 'Interaction') schema.index({ 'payload.uid': 1 });
    const model = connection.model<Document>(kind, schema, `${prefix}${kind.toLowerCase()}`);
    models.push(model);
    const live = (found: Document | null): Payload | undefined =>
      found === null || (found.expiresAt && found.expiresAt.getTime() <= Date.now())
        ? undefined
        : found.payload;
    return {
      async upsert(_id, payload, expiresIn) {
        const expiry = expiresIn ? { expiresAt: new Date(Date.now() + expiresIn * 1000) } : {};
        await model.findOneAndUpdate({ _id }, { payload, ...expiry }, { upsert: true });
      },
      find: async (_id) => live(await model.findById(_id).lean<Document>()),
      findByUid: async (uid) => live(await model.findOne({ 'payload.uid': uid }).lean<Document>()),
      findByUserCode: async (code) =>
        live(await model.findOne({ 'payload.userCode': code }).lean<Document>()),
      async consume(_id) {
        await model.findOneAndUpdate({ _id }, { 'payload.consumed': epoch() });
      },
      async destroy(_id) {
        await model.deleteOne({ _id });
      },
      async revokeByGrantId(grantId) {
        await model.deleteMany({ 'payload.grantId': grantId });
      },
    };
  });
  await Promise.all(models.map((model) => model.init()));
  return { adapter, close: () => connection.close() };
}
