import { createMetrics } from '../../app/observe/metrics.ts';
import { createStoreObserver } from '../../app/observe/store-observer.ts';
import { createRedisClient } from '../../app/store/redis/ioredis-client.ts';
import type { RedisClient } from '../../app/store/redis/redis-client.ts';
import type { Cleanup } from '../../tools/torture/harness/cleanup.ts';
import { series } from '../support/exposition.ts';
import { recordingLog } from '../support/keys.ts';

type Options = Partial<Omit<Parameters<typeof createRedisClient>[0], 'url' | 'log' | 'observer'>>;

export type ObservedRedis = Awaited<ReturnType<typeof observeRedis>>;

/** The client of the service, with its metrics and its log. It is closed by the cleanup. */
export async function observeRedis(cleanup: Cleanup, url: string | (() => string), options: Options = {}) {
  const { log, lines } = recordingLog();
  const metrics = createMetrics('test');
  const redis = await createRedisClient({
    url: typeof url === 'string' ? () => url : url,
    log,
    observer: createStoreObserver(metrics),
    ...options,
  });
  cleanup.add(() => redis.close());
  const metric = async (name: string): Promise<number> => (await series(metrics)).get(name) ?? Number.NaN;
  return {
    redis,
    lines,
    metric,
    isDegraded: async () => (await metric('auth_degraded{dependency="redis"}')) === 1,
    /** Log lines with the event. */
    logged: (event: string) => lines.filter((line) => line.event === event),
  };
}

/** 'done', or the message of the error. */
export const outcome = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'done',
    (error: Error) => error.message,
  );

export const write = (redis: RedisClient, key: string): Promise<string> =>
  outcome(redis.set(key, 'value', 60_000));

/** Keys in all shards of a cluster of three masters. */
export const manyKeys = Array.from({ length: 24 }, (_, n) => `key-${n}`);
