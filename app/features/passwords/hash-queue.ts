import { AppError } from '../../errors.ts';

export interface HashQueueOptions {
  /** Jobs at once. */
  readonly concurrency: number;
  /** Jobs that may wait. */
  readonly queueMax: number;
  /** Milliseconds a job may wait before it is refused. */
  readonly deadline: number;
  /** Called with the queue's length whenever it changes. */
  readonly onDepth?: (depth: number) => void;
  /** Called with the seconds a job waited. */
  readonly onWait?: (seconds: number) => void;
  readonly onReject?: () => void;
}

/** What a request asks that has work to do before and after its job. */
export interface HashQueue {
  /**
   * Counts as refused, and says how to refuse before any work goes into it, what would be refused later; null while
   * there is room. Given and not thrown, since throwing took a fifth of what it takes to refuse in a flood.
   */
  refusal(): AppError | null;
  /** Holds a place from the start of the work to its end, so that its job will find one. @throws AppError overloaded */
  hold<T>(work: () => T | Promise<T>): Promise<T>;
}

/** One for all: it has no stack, and a flood is made of it. */
const overloaded = new AppError('overloaded', { retryAfter: 1 });

interface Waiting {
  readonly start: () => void;
  readonly since: number;
}

/**
 * Lets `concurrency` jobs run, `queueMax` wait in order, and refuses the rest at once: under a flood the work that
 * is accepted still finishes in time, and the rest is told when to come back.
 */
export function createHashQueue(options: HashQueueOptions) {
  const queue = new Set<Waiting>();
  let running = 0;
  let held = 0;

  const isQueueFull = (): boolean => running >= options.concurrency && queue.size >= options.queueMax;

  function reject(): AppError {
    options.onReject?.();
    return overloaded;
  }

  function wait(): Promise<void> {
    if (isQueueFull()) return Promise.reject(reject());
    return new Promise((resolve, refuse) => {
      const waiting: Waiting = {
        since: performance.now(),
        start: () => {
          clearTimeout(timer);
          resolve();
        },
      };
      const timer = setTimeout(() => {
        queue.delete(waiting);
        options.onDepth?.(queue.size);
        refuse(reject());
      }, options.deadline);
      queue.add(waiting);
      options.onDepth?.(queue.size);
    });
  }

  /** Hands the slot on: the next in line takes it over, so `running` changes only when nobody waits. */
  function release(): void {
    const [next] = queue;
    if (!next) {
      running -= 1;
      return;
    }
    queue.delete(next);
    options.onDepth?.(queue.size);
    options.onWait?.((performance.now() - next.since) / 1000);
    next.start();
  }

  function refusal(): AppError | null {
    const isFull = held >= options.concurrency + options.queueMax || isQueueFull();
    return isFull ? reject() : null;
  }

  /**
   * Without it, all that comes while the first asks the database would be let through for the same free place, and be
   * refused after as much work: under a flood more went into those than into the refusals at the door.
   */
  async function hold<T>(work: () => T | Promise<T>): Promise<T> {
    const refused = refusal();
    if (refused) throw refused;
    held += 1;
    try {
      return await work();
    } finally {
      held -= 1;
    }
  }

  const room: HashQueue = { refusal, hold };

  return {
    room,

    async admit<T>(job: () => Promise<T>): Promise<T> {
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
    },
  };
}
