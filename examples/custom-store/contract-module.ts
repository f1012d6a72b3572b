// #region module
import type { Store } from '@gatehouse/core';
import { createClient } from 'redis';
import { redisStore } from './redis-store.js';

interface Config {
  readonly url: string;
  /** New for each case, and the same in all processes of it. */
  readonly space: string;
}

/** Makes the store of a space on a client of its own, for any process. */
export function makeStore({ url, space }: Config): Store {
  const client = createClient({ url });
  client.on('error', (error) => process.emitWarning(error));
  const store = redisStore(client, `${space}:`);
  return {
    ...store,
    async open(kinds) {
      if (!client.isOpen) await client.connect();
      await store.open?.(kinds);
    },
    // Once the commands before it were answered.
    async close() {
      if (client.isOpen) await client.close();
    },
  };
}

/** Leaves nothing of a space. */
export async function removeStore({ url, space }: Config): Promise<void> {
  const client = await createClient({ url }).connect();
  for await (const keys of client.scanIterator({ MATCH: `${space}:*`, COUNT: 1000 })) {
    if (keys.length > 0) await client.unlink(keys);
  }
  await client.close();
}
// #endregion module
