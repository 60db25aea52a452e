import { AppError } from '../../errors.ts';
import type { WorkQueue } from '../../http/route/endpoint.ts';

export interface HashQueueOptions {
  /** Jobs that run at once. */
  readonly concurrency: number;
  /** Jobs that may wait. */
  readonly queueMax: number;
  /** Milliseconds that a job may wait before it is rejected. */
  readonly deadline: number;
  /** Called with the length of the queue whenever it changes. */
  readonly onDepth?: (depth: number) => void;
  /** Called with the seconds that a job waited. */
  readonly onWait?: (seconds: number) => void;
  readonly onReject?: () => void;
}

/** One error for all: it has no stack, and a flood produces many of them. */
const overloaded = new AppError('overloaded', { retryAfter: 1 });

/**
 * Runs at most `concurrency` jobs at once, lets `queueMax` wait in order, and rejects the rest at once. Under a flood
 * the accepted jobs still finish in time, and rejected clients learn when to try again.
 */
function createJobQueue(options: HashQueueOptions, reject: () => AppError) {
  const waiting = new Set<{ readonly start: () => void; readonly since: number }>();
  let running = 0;

  const isFull = (): boolean => running >= options.concurrency && waiting.size >= options.queueMax;

  function wait(): Promise<void> {
    if (isFull()) return Promise.reject(reject());
    return new Promise((resolve, fail) => {
      const job = {
        since: performance.now(),
        start: () => {
          clearTimeout(timer);
          resolve();
        },
      };
      const timer = setTimeout(() => {
        waiting.delete(job);
        options.onDepth?.(waiting.size);
        fail(reject());
      }, options.deadline);
      waiting.add(job);
      options.onDepth?.(waiting.size);
    });
  }

  /** Passes the slot to the next waiting job, so `running` changes only when no job waits. */
  function release(): void {
    const [next] = waiting;
    if (!next) {
      running -= 1;
      return;
    }
    waiting.delete(next);
    options.onDepth?.(waiting.size);
    options.onWait?.((performance.now() - next.since) / 1000);
    next.start();
  }

  async function runJob<T>(job: () => Promise<T>): Promise<T> {
    if (running < options.concurrency) {
      running += 1;
      options.onWait?.(0);
    } else {
      await wait();
    }
    try {
      return await job();
    } finally {
      release();
    }
  }

  return { isFull, runJob };
}

/**
 * The queue in front of argon2. `runJob` runs one hash. `queue` is for a request that hashes somewhere in its handler:
 * it reserves a slot for the whole handler. Without the reservation, all requests that arrive while the first one
 * queries the database would pass for the same free slot and be rejected only after as much work.
 */
export function createHashQueue(options: HashQueueOptions) {
  const reject = (): AppError => {
    options.onReject?.();
    return overloaded;
  };
  const jobs = createJobQueue(options, reject);
  let reserved = 0;

  function refusal(): AppError | null {
    const isFull = reserved >= options.concurrency + options.queueMax || jobs.isFull();
    return isFull ? reject() : null;
  }

  async function run<T>(work: () => T | Promise<T>): Promise<T> {
    const error = refusal();
    if (error) throw error;
    reserved += 1;
    try {
      return await work();
    } finally {
      reserved -= 1;
    }
  }

  const queue: WorkQueue = { refusal, run };
  /** @throws AppError overloaded, or whatever the job throws */
  return { queue, runJob: jobs.runJob };
}
