import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { countCpuStops } from '../../config/cgroup.ts';
import type { Config } from '../../config/config.ts';
import type { Priority } from '../../http/route/network-standing.ts';
import type { Metrics } from '../../observe/metrics.ts';
import type { Tracing } from '../../observe/tracing.ts';
import { createHashPacing } from './hash-pacing.ts';
import { createHashQueue } from './hash-queue.ts';

export type PasswordHasher = Awaited<ReturnType<typeof createPasswordHasher>>;

/** Milliseconds that a hash may wait for a slot: less than clients and load balancers wait for a response. */
const queueDeadline = 5_000;

/**
 * argon2id behind a queue. Hashing runs on libuv's thread pool, which token checks use too. The limit on concurrent
 * hashes keeps threads free for them.
 */
export async function createPasswordHasher(
  { hashing, resources }: Pick<Config, 'hashing' | 'resources'>,
  metrics: Metrics,
  tracing: Tracing,
) {
  const { memoryKib, time, parallelism, concurrency, queueMax } = hashing;
  const quota = resources.cpuQuota;
  const parameters = { memoryCost: memoryKib, timeCost: time, parallelism };
  const currentPrefix = `$argon2id$v=19$m=${memoryKib},t=${time},p=${parallelism}$`;
  const { runJob, queue, withoutSlot } = createHashQueue({
    concurrency,
    queueMax,
    deadline: queueDeadline,
    ...(quota !== null && {
      rest: createHashPacing({ quota, threads: concurrency * parallelism, countStops: countCpuStops }),
    }),
    onDepth: (depth) => metrics.hashQueueDepth.set(depth),
    onWait: (seconds, priority) => metrics.hashWait.observe(seconds, { priority }),
    onReject: (priority) => metrics.hashRejected.inc({ priority }),
  });
  /** The span includes the time in the queue, the metric does not. */
  const timed = <T>(name: string, priority: Priority | undefined, job: () => Promise<T>): Promise<T> =>
    tracing.span('hash', name, {}, () =>
      runJob(() => {
        const stop = metrics.hashDuration.startTimer();
        return job().finally(stop);
      }, priority),
    );
  const decoy = await hash(randomBytes(32), parameters);

  return {
    queue,
    withoutSlot,

    /** @param priority @default known @throws AppError overloaded */
    hash: (password: string, priority?: Priority): Promise<string> =>
      timed('argon2 hash', priority, () => hash(password, parameters)),

    /**
     * Runs exactly one verification whether or not there is a hash, so that an unknown account takes as long as a wrong
     * password (ASVS 6.3.8). `outdated` means that the hash was made with other parameters than the configured ones.
     * @throws AppError overloaded
     */
    async verify(
      stored: string | null,
      password: string,
      priority?: Priority,
    ): Promise<{ matches: boolean; outdated: boolean }> {
      const matches = await timed('argon2 verify', priority, () => verify(stored ?? decoy, password));
      return { matches: matches && stored !== null, outdated: !(stored ?? decoy).startsWith(currentPrefix) };
    },
  };
}
