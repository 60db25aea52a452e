import { LRUCache } from 'lru-cache';
import type { RedisClient } from '../redis/redis-client.ts';

/** Keys kept at most; the oldest go first, as they would from a Redis that is full. */
const maxKeys = 200_000;

/** Stands in for Redis when there is one process only. Holds no timer. */
export function createInMemoryRedis(): RedisClient {
  const values = new LRUCache<string, string>({ max: maxKeys });
  const listeners = new Map<string, ((message: string) => void)[]>();

  return {
    kind: 'memory',
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
    async publish(channel, message) {
      // As from Redis: later, and never into the publisher's own stack.
      for (const listener of listeners.get(channel) ?? []) queueMicrotask(() => listener(message));
    },
    async subscribe(channel, onMessage) {
      listeners.set(channel, [...(listeners.get(channel) ?? []), onMessage]);
    },
    ping: async () => true,
    async close() {
      values.clear();
      listeners.clear();
    },
  };
}
