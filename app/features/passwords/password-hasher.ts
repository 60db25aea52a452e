import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import type { Config } from '../../config/config.ts';
import type { Metrics } from '../../observe/metrics.ts';
import { createHashQueue } from './hash-queue.ts';

export type PasswordHasher = Awaited<ReturnType<typeof createPasswordHasher>>;

/** Milliseconds a hash may wait for a slot: shorter than the patience of a client and of a load balancer. */
const queueDeadline = 5_000;

/**
 * argon2id behind admission control. Hashing runs on libuv's threads, which token checks need too: the concurrency
 * limit keeps threads free for them.
 */
export async function createPasswordHasher(options: Config['hashing'], metrics: Metrics) {
  const parameters = {
    memoryCost: options.memoryKib,
    timeCost: options.time,
    parallelism: options.parallelism,
  };
  const current = `$argon2id$v=19$m=${options.memoryKib},t=${options.time},p=${options.parallelism}$`;
  const { admit, room } = createHashQueue({
    concurrency: options.concurrency,
    queueMax: options.queueMax,
    deadline: queueDeadline,
    onDepth: (depth) => metrics.hashQueueDepth.set(depth),
    onWait: (seconds) => metrics.hashWait.observe(seconds),
    onReject: () => metrics.hashRejected.inc(),
  });
  const timed = <T>(job: () => Promise<T>): Promise<T> =>
    admit(async () => {
      const stop = metrics.hashDuration.startTimer();
      try {
        return await job();
      } finally {
        stop();
      }
    });
  const decoy = await hash(randomBytes(32), parameters);

  return {
    room,

    /** @throws AppError overloaded */
    hash: (password: string): Promise<string> => timed(() => hash(password, parameters)),

    /**
     * Exactly one verification whether or not there is a hash, so that an unknown account costs the same time as a
     * wrong password (ASVS 6.3.8). `outdated` asks for a rehash: any parameter differs from the configured ones.
     * @throws AppError overloaded
     */
    async verify(stored: string | null, password: string): Promise<{ matches: boolean; outdated: boolean }> {
      const matches = await timed(() => verify(stored ?? decoy, password));
      return { matches: matches && stored !== null, outdated: !(stored ?? decoy).startsWith(current) };
    },
  };
}
