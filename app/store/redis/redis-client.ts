import type { Cluster, Redis } from 'ioredis';

/**
 * What replicas tell each other: short-lived values and messages. Nothing here is the truth, that is Postgres.
 * Every method but `ping` rejects when Redis cannot answer; the caller decides what that means.
 */
export interface RedisClient {
  readonly kind: 'redis' | 'memory';
  /** For the rate limiter only; null when this process is alone. */
  readonly connection: Redis | Cluster | null;
  get(keys: readonly string[]): Promise<(string | null)[]>;
  set(key: string, value: string, ttlMs: number): Promise<void>;
  /** True for the first who asks within `ttlMs`, false for everybody else. */
  claim(key: string, ttlMs: number): Promise<boolean>;
  /** Stores the greater of what is there and `value`, and in any case renews its life. */
  raise(key: string, value: number, ttlMs: number): Promise<void>;
  publish(channel: string, message: string): Promise<void>;
  subscribe(channel: string, onMessage: (message: string) => void): Promise<void>;
  /** Never throws. */
  ping(): Promise<boolean>;
  close(): Promise<void>;
}
