/** A bounded map that forgets what expired, and what was not used for longest when it is full. */
export interface ExpiringCache<V> {
  get(key: string, now: number): V | undefined;
  set(key: string, value: V, expiresAt: number): void;
}

/** Makes an {@link ExpiringCache}; a size of 0 remembers nothing. */
export function createExpiringCache<V>(size: number): ExpiringCache<V> {
  const entries = new Map<string, { value: V; expiresAt: number }>(); // in the order of last use
  return {
    get(key, now) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      entries.delete(key);
      if (entry.expiresAt <= now) return undefined;
      entries.set(key, entry);
      return entry.value;
    },
    set(key, value, expiresAt) {
      entries.delete(key);
      entries.set(key, { value, expiresAt });
      if (entries.size > size) {
        const [longestUnused] = entries.keys();
        if (longestUnused !== undefined) entries.delete(longestUnused);
      }
    },
  };
}
