import type { RedisClient } from '../redis/redis-client.ts';
import { createMemorySlots } from './memory-slots.ts';
import { insuranceShare } from './rate-limiter.ts';
import { createRedisSlots } from './redis-slots.ts';
import type { Applicant, SlotResult, SlotRules } from './slot-rules.ts';

export type AttemptSlots = ReturnType<typeof createAttemptSlots>;

/**
 * Slots of accounts for networks: on Redis for all replicas together, in memory while Redis is unavailable. A free slot
 * belongs to the first network that asks. If no slot is free, networks wait, and when a slot opens, a draw decides. So
 * no network gains from better timing, and networks that were refused earlier cannot keep a new network out. In any
 * time, an account has at most one used slot for each interval and two more.
 * @param random returns at least 0 and less than 1
 */
export function createAttemptSlots(redis: RedisClient, rules: SlotRules, random: () => number) {
  const onRedis = redis.connection && createRedisSlots(redis.connection, rules, random);
  const share = onRedis ? insuranceShare : 1;
  const alone = { ...rules, interval: rules.interval * share, rest: rules.rest * share };
  const inMemory = createMemorySlots(alone, random);

  return {
    /** Uses a slot if the network has won one or one is free. Otherwise the network waits for the next draws. */
    claim: async (applicant: Applicant): Promise<SlotResult> =>
      (await onRedis?.claim(applicant).catch(() => null)) ?? inMemory.claim(applicant),
    /** Frees all slots of the account, and counts entries anew. */
    async reset(account: string): Promise<void> {
      inMemory.reset(account);
      await onRedis?.reset(account).catch(() => undefined);
    },
  };
}
