import type { Cluster, Redis } from 'ioredis';

/**
 * State that the replicas share for a short time, and messages between them. Postgres stays the source of truth.
 * Every method except `ping` rejects when Redis does not answer; the caller decides what happens then.
 */
export interface RedisClient {
  /** Only the rate limiter uses the connection itself. Null when the in-memory stand-in is in use. */
  readonly connection: Redis | Cluster | null;
  get(keys: readonly string[]): Promise<(string | null)[]>;
  set(key: string, value: string, ttlMs: number): Promise<void>;
  /** True for the first caller within `ttlMs`, false for every other caller. */
  acquireLease(key: string, ttlMs: number): Promise<boolean>;
  /** Stores the greater of the present value and `value`, and sets the key's time to live to `ttlMs`. */
  setMax(key: string, value: number, ttlMs: number): Promise<void>;
  /** Adds to a set of which only the number of distinct elements can be read (HyperLogLog). The set expires after `ttlMs`. */
  addDistinct(key: string, elements: readonly string[], ttlMs: number): Promise<void>;
  /** How many distinct elements the sets have together, within about 1 %. The keys share a hash slot: `{tag}…`. */
  countDistinct(keys: readonly string[]): Promise<number>;
  publish(channel: string, message: string): Promise<void>;
  subscribe(channel: string, onMessage: (message: string) => void): Promise<void>;
  /** Never throws. */
  ping(): Promise<boolean>;
  close(): Promise<void>;
}
