import { randomUUID } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';
import type { RedisClient } from '../redis/redis-client.ts';
import { createExpiringMap } from './expiring-map.ts';
import { fullMemoryPause, insuranceShare } from './rate-limiter.ts';

export interface Bucket {
  readonly name: string;
  /** Attempts of a full bucket. */
  readonly burst: number;
  /** Milliseconds after which one attempt comes back. */
  readonly interval: number;
}

export interface BucketResult {
  readonly allowed: boolean;
  /** Attempts of a full bucket that was applied. It is smaller while Redis is unavailable. */
  readonly limit: number;
  /** Milliseconds until the next attempt; 0 if this one is allowed. */
  readonly resetIn: number;
  /** True for the first refused attempt since the bucket was full. */
  readonly isFirstRefusal: boolean;
  /** Returns the attempt, unless the bucket has been full or reset since. Call it once. Never rejects. */
  refund(): Promise<void>;
}

export type TokenBucket = ReturnType<typeof createTokenBucket>;

type Counted = Omit<BucketResult, 'limit'>;

/**
 * The time to live of the key is the time until the bucket is full, so no clock is compared. The value is the id of the
 * time since the bucket was last full, and ` empty` after the first refused attempt.
 */
const consumeScript = `
local interval, capacity = tonumber(ARGV[1]), tonumber(ARGV[2])
local value = redis.call('get', KEYS[1])
local untilFull = value and redis.call('pttl', KEYS[1]) or 0
local excess = untilFull + interval - capacity
local isFirstRefusal = 0
value = value or ARGV[3]
if excess <= 0 then
  untilFull = untilFull + interval
elseif not string.find(value, ' empty', 1, true) then
  value = value .. ' empty'
  isFirstRefusal = 1
end
redis.call('set', KEYS[1], value, 'px', untilFull)
return { math.max(excess, 0), isFirstRefusal, string.match(value, '^%S+') }
`;

const refundScript = `
local value = redis.call('get', KEYS[1])
if not value or string.match(value, '^%S+') ~= ARGV[2] then return 0 end
local untilFull = redis.call('pttl', KEYS[1]) - tonumber(ARGV[1])
if untilFull > 0 then return redis.call('pexpire', KEYS[1], untilFull) end
return redis.call('del', KEYS[1])
`;

/** Every method rejects while Redis is unavailable. */
function createRedisBucket(redis: Redis | Cluster, { name, burst, interval }: Bucket) {
  const keyOf = (key: string): string => `limit:${name}:${key}`;

  return {
    async consume(key: string): Promise<Counted> {
      const reply = await redis.eval(consumeScript, 1, keyOf(key), interval, interval * burst, randomUUID());
      // reason: the reply is the table that the script returns
      const [resetIn, isFirstRefusal, id] = reply as [number, number, string];
      // If Redis is unavailable, the attempt stays consumed. That is the safe side.
      const refund = async () =>
        void (await redis.eval(refundScript, 1, keyOf(key), interval, id).catch(() => undefined));
      return { allowed: resetIn === 0, resetIn, isFirstRefusal: isFirstRefusal === 1, refund };
    },
    reset: async (key: string): Promise<void> => void (await redis.del(keyOf(key))),
  };
}

/** The same in this process. `consume` returns null when the key is new and the memory is full. */
function createMemoryBucket({ burst, interval }: Bucket, maxKeys: number) {
  const now = (): number => performance.now();
  const buckets = createExpiringMap<{ endsAt: number; isEmpty: boolean }>(maxKeys, now);

  return {
    consume(key: string): Counted | null {
      const bucket = buckets.find(key) ?? buckets.open(key, { endsAt: now(), isEmpty: false });
      if (!bucket) return null;
      const excess = bucket.endsAt + interval - now() - interval * burst;
      const allowed = excess <= 0;
      const isFirstRefusal = !allowed && !bucket.isEmpty;
      if (allowed) bucket.endsAt += interval;
      else bucket.isEmpty = true;
      const refund = async (): Promise<void> => {
        if (buckets.find(key) === bucket) bucket.endsAt -= interval;
      };
      return { allowed, resetIn: Math.max(excess, 0), isFirstRefusal, refund };
    },
    reset: (key: string): void => buckets.delete(key),
  };
}

/**
 * A budget per key that refills at a constant rate: on Redis for all replicas together, in memory while Redis is
 * unavailable, and never unlimited. In any time, a key is allowed `burst` attempts and one more for each `interval`.
 */
export function createTokenBucket(redis: RedisClient, bucket: Bucket, maxKeys = 50_000) {
  const onRedis = redis.connection && createRedisBucket(redis.connection, bucket);
  const share = onRedis ? insuranceShare : 1;
  const alone = { ...bucket, burst: Math.ceil(bucket.burst / share), interval: bucket.interval * share };
  const inMemory = createMemoryBucket(alone, maxKeys);
  const refused = { allowed: false, isFirstRefusal: false, refund: async () => undefined };

  return {
    async consume(key: string): Promise<BucketResult> {
      const shared = await onRedis?.consume(key).catch(() => null);
      if (shared) return { ...shared, limit: bucket.burst };
      const counted = inMemory.consume(key) ?? {
        ...refused,
        resetIn: Math.min(alone.interval, fullMemoryPause),
      };
      return { ...counted, limit: alone.burst };
    },
    async reset(key: string): Promise<void> {
      inMemory.reset(key);
      await onRedis?.reset(key).catch(() => undefined);
    },
  };
}
