/** Milliseconds between two sweeps: a sweep looks at every key. */
const sweepInterval = 1_000;

/** An entry ends at a time of the map's clock, in milliseconds. */
interface Expiring {
  readonly endsAt: number;
}

/**
 * Keeps a bounded number of entries until they end. A full map accepts no new key: if it evicted an old key instead, a
 * flood of invented keys would erase the attempts that an attacker has already spent. Entries that have ended are
 * removed when space is needed, so there is no timer.
 */
export function createExpiringMap<Entry extends Expiring>(maxKeys: number, now: () => number) {
  const entries = new Map<string, Entry>();
  let sweptAt = Number.NEGATIVE_INFINITY;

  function sweep(): void {
    if (now() - sweptAt < sweepInterval) return;
    sweptAt = now();
    for (const [key, { endsAt }] of entries) if (endsAt <= sweptAt) entries.delete(key);
  }

  return {
    find(key: string): Entry | null {
      const entry = entries.get(key);
      if (entry && entry.endsAt > now()) return entry;
      entries.delete(key);
      return null;
    },

    /** @returns null when the map is full */
    open(key: string, entry: Entry): Entry | null {
      if (entries.size >= maxKeys) sweep();
      if (entries.size >= maxKeys) return null;
      entries.set(key, entry);
      return entry;
    },

    delete(key: string): void {
      entries.delete(key);
    },

    deleteAll(prefix: string): void {
      for (const key of entries.keys()) if (key.startsWith(prefix)) entries.delete(key);
    },
  };
}
