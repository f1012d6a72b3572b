import { byKind, epoch, type Payload, type PlainStore } from './plain-adapter.js';

/** The engine's records in the memory of its process: what no store can be faster than. Nothing is ever dropped. */
export async function plainMemory(): Promise<PlainStore> {
  const adapter = byKind(() => {
    const records = new Map<string, Payload>();
    const byUid = new Map<string, string>();
    return {
      async upsert(id, payload) {
        records.set(id, payload);
        if (typeof payload.uid === 'string') byUid.set(payload.uid, id);
      },
      find: async (id) => records.get(id),
      findByUid: async (uid) => records.get(byUid.get(uid) ?? ''),
      findByUserCode: async () => undefined,
      async consume(id) {
        records.set(id, { ...records.get(id), consumed: epoch() });
      },
      async destroy(id) {
        records.delete(id);
      },
      revokeByGrantId: async () => undefined,
    };
  });
  return { adapter, close: async () => undefined };
}
