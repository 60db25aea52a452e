import { addToSketch, countDistinct, createSketch, type DistinctSketch } from '../distinct-count.ts';
import { createLruCache } from '../lru-cache.ts';
import type { RedisClient } from '../redis/redis-client.ts';

/** The maximum number of keys. The least recently used key is evicted first, as on a full Redis. */
const maxKeys = 200_000;
/** Of sets of which only the number of elements is known: 4 KiB each. */
const maxSketches = 100;

/** Replaces Redis when there is only one process. It needs no timer. */
export function createInMemoryRedis(): RedisClient {
  const values = createLruCache<string>(maxKeys);
  const sketches = createLruCache<DistinctSketch>(maxSketches);
  const listeners = new Map<string, ((message: string) => void)[]>();

  return {
    connection: null,
    get: async (keys) => keys.map((key) => values.get(key) ?? null),
    async set(key, value, ttlMs) {
      values.set(key, value, { ttl: ttlMs });
    },
    async acquireLease(key, ttlMs) {
      if (values.has(key)) return false;
      values.set(key, '1', { ttl: ttlMs });
      return true;
    },
    async setMax(key, value, ttlMs) {
      values.set(key, String(Math.max(Number(values.get(key) ?? value), value)), { ttl: ttlMs });
    },
    async addDistinct(key, elements, ttlMs) {
      const sketch = sketches.get(key) ?? createSketch();
      for (const element of elements) addToSketch(sketch, element);
      sketches.set(key, sketch, { ttl: ttlMs });
    },
    countDistinct: async (keys) => countDistinct(keys.flatMap((key) => sketches.get(key) ?? [])),
    async publish(channel, message) {
      // Asynchronous, as on Redis: a listener must not run inside the publisher's call.
      for (const listener of listeners.get(channel) ?? []) queueMicrotask(() => listener(message));
    },
    async subscribe(channel, onMessage) {
      listeners.set(channel, [...(listeners.get(channel) ?? []), onMessage]);
    },
    ping: async () => true,
    async close() {
      values.clear();
      sketches.clear();
      listeners.clear();
    },
  };
}
