import { LRUCache } from 'lru-cache';

/**
 * A cache that discards the least recently used entry beyond `maxEntries`. The library's own `max` would allocate the
 * memory of all entries at once: 13 MB for the caches of a process that has served nobody yet.
 * @param ttl milliseconds after which an entry is stale. @default no limit
 */
export function createLruCache<V extends {}>(maxEntries: number, ttl = 0): LRUCache<string, V> {
  return new LRUCache({ maxSize: maxEntries, sizeCalculation: () => 1, ttl });
}
