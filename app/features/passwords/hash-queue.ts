import { AppError } from '../../errors.ts';
import type { WorkQueue } from '../../http/route/endpoint.ts';
import { type Priority, priorities } from '../../http/route/network-standing.ts';

export interface HashQueueOptions {
  /** Jobs that run at once. */
  readonly concurrency: number;
  /** Jobs that may wait. */
  readonly queueMax: number;
  /** Milliseconds that a job may wait before it is rejected. */
  readonly deadline: number;
  /** Milliseconds that a slot rests after some milliseconds of work. @default 0 */
  readonly rest?: (worked: number) => number;
  /** Called with the length of the queue whenever it changes. */
  readonly onDepth?: (depth: number) => void;
  /** Called with the seconds that a job waited. */
  readonly onWait?: (seconds: number, priority: Priority) => void;
  readonly onReject?: (priority: Priority) => void;
}

/** One error for all: it has no stack, and a flood produces many of them. */
const overloaded = new AppError('overloaded', { retryAfter: 1 });

/** Share of the queue that a priority may fill, so that the better ones find space while the worse ones wait. */
const shares: Readonly<Record<Priority, number>> = { known: 1, clean: 0.75, suspect: 0.5 };

/** Every fourth job is one of the lowest priority that waits, so that none waits for ever. */
const cycle = 4;

interface WaitingJob {
  readonly start: () => void;
  readonly since: number;
}

/**
 * Jobs that wait, by priority. Within one they start in the order of arrival, but the newest `clean` one starts first: the
 * first attempts of an attack from many networks come all at once, and a user who arrives later must not wait for them.
 */
function createWaitingJobs(options: HashQueueOptions, reject: (priority: Priority) => AppError) {
  const lanes = priorities.map(() => new Set<WaitingJob>());
  const cleanJobs = lanes[priorities.indexOf('clean')];
  let taken = 0;

  const size = (): number => lanes.reduce((sum, lane) => sum + lane.size, 0);

  function remove(job: WaitingJob): void {
    for (const lane of lanes) lane.delete(job);
    options.onDepth?.(size());
  }

  return {
    size,

    /** Resolves when `next` has chosen the job. @throws AppError overloaded after the deadline */
    wait: (priority: Priority): Promise<void> =>
      new Promise((resolve, fail) => {
        const job: WaitingJob = {
          since: performance.now(),
          start: () => {
            clearTimeout(timer);
            options.onWait?.((performance.now() - job.since) / 1000, priority);
            resolve();
          },
        };
        const timer = setTimeout(() => {
          remove(job);
          fail(reject(priority));
        }, options.deadline);
        lanes[priorities.indexOf(priority)]?.add(job);
        options.onDepth?.(size());
      }),

    /** Removes and returns the job to start next. */
    next(): WaitingJob | undefined {
      taken += 1;
      const order = taken % cycle === 0 ? [...lanes].reverse() : lanes;
      const lane = order.find(({ size }) => size > 0);
      const jobs = [...(lane ?? [])];
      const job = lane === cleanJobs ? jobs.at(-1) : jobs[0];
      if (job) remove(job);
      return job;
    },
  };
}

/**
 * Runs at most `concurrency` jobs at once, lets `queueMax` wait by priority, and rejects the rest at once. Under a flood
 * the accepted jobs still finish in time, and rejected clients learn when to try again.
 */
function createJobQueue(options: HashQueueOptions, reject: (priority: Priority) => AppError) {
  const { concurrency, queueMax, rest } = options;
  const waiting = createWaitingJobs(options, reject);
  let running = 0;

  const isFull = (length: number): boolean => running >= concurrency && waiting.size() >= length;

  /** Passes the slot to the next waiting job, so `running` changes only when no job waits. */
  function release(): void {
    const next = waiting.next();
    if (!next) {
      running -= 1;
      return;
    }
    next.start();
  }

  /** The slot rests after its work. A job that ends does not wait for that. */
  function releaseAfter(worked: number): void {
    const pause = rest?.(worked) ?? 0;
    if (pause > 0) setTimeout(release, pause);
    else release();
  }

  async function runJob<T>(job: () => Promise<T>, priority: Priority = 'known'): Promise<T> {
    if (running < concurrency) {
      running += 1;
      options.onWait?.(0, priority);
    } else {
      if (isFull(queueMax)) throw reject(priority);
      await waiting.wait(priority);
    }
    const start = performance.now();
    try {
      return await job();
    } finally {
      releaseAfter(performance.now() - start);
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
  const { concurrency, queueMax, onReject } = options;
  const reject = (priority: Priority): AppError => {
    onReject?.(priority);
    return overloaded;
  };
  const jobs = createJobQueue(options, reject);
  let reserved = 0;

  function isFull(priority: Priority): boolean {
    const share = Math.floor(queueMax * shares[priority]);
    return reserved >= concurrency + share || jobs.isFull(share);
  }

  async function run<T>(priority: Priority, work: () => T | Promise<T>): Promise<T> {
    if (isFull(priority)) throw reject(priority);
    reserved += 1;
    try {
      return await work();
    } finally {
      reserved -= 1;
    }
  }

  /** Gives back the slot that `run` has reserved, while a handler waits for something other than a hash. */
  async function withoutSlot<T>(work: () => Promise<T>): Promise<T> {
    reserved -= 1;
    try {
      return await work();
    } finally {
      reserved += 1;
    }
  }

  const queue: WorkQueue = { isFull, reject, run };
  /** @throws AppError overloaded, or whatever the job throws */
  return { queue, runJob: jobs.runJob, withoutSlot };
}
