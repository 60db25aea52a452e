import { expect } from 'chai';
import { AppError } from '../../../app/errors.ts';
import { createHashQueue, type HashQueueOptions } from '../../../app/features/passwords/hash-queue.ts';

/** A job that ends when told to. */
function createJob() {
  let finish: (value: string) => void = () => undefined;
  const done = new Promise<string>((resolve) => {
    finish = resolve;
  });
  let started = false;
  return {
    run: () => {
      started = true;
      return done;
    },
    finish,
    isStarted: () => started,
  };
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'accepted',
    (error) => (error instanceof AppError ? error.code : String(error)),
  );

const settle = () => new Promise((resolve) => setImmediate(resolve));
const admission = (options: Partial<HashQueueOptions>) =>
  createHashQueue({ concurrency: 2, queueMax: 2, deadline: 60_000, ...options });

describe('CountedAttempt', () => {
  it('runs as many jobs as it may, lets some wait in order and refuses the rest at once', async () => {
    const { runJob } = admission({});
    const jobs = Array.from({ length: 4 }, createJob);
    const running = jobs.map((job) => runJob(job.run));
    expect(await codeOf(runJob(createJob().run))).to.equal('overloaded');
    expect(jobs.map((job) => job.isStarted())).to.deep.equal([true, true, false, false]);
    jobs[1]?.finish('b');
    await settle();
    expect(jobs.map((job) => job.isStarted())).to.deep.equal([true, true, true, false]);
    for (const job of jobs) job.finish('done');
    await Promise.all(running);
  });

  it('frees the slot of a job that failed', async () => {
    const { runJob } = admission({ concurrency: 1, queueMax: 0 });
    const failure = await runJob(() => Promise.reject(new Error('no'))).catch(
      (error: Error) => error.message,
    );
    expect(failure).to.equal('no');
    expect(await runJob(async () => 'next')).to.equal('next');
  });

  it('refuses a job that waited too long, and does not run it later', async () => {
    const { runJob } = admission({ concurrency: 1, deadline: 5 });
    const first = createJob();
    const second = createJob();
    const running = runJob(first.run);
    expect(await codeOf(runJob(second.run))).to.equal('overloaded');
    first.finish('done');
    await running;
    await settle();
    expect(second.isStarted()).to.equal(false);
    expect(await runJob(async () => 'next')).to.equal('next');
  });

  it('never runs more than it may, whatever comes', async () => {
    let running = 0;
    let most = 0;
    const { runJob } = admission({ concurrency: 3, queueMax: 1_000 });
    const job = async () => {
      running += 1;
      most = Math.max(most, running);
      await settle();
      running -= 1;
    };
    await Promise.all(Array.from({ length: 200 }, () => runJob(job)));
    expect([most, running]).to.deep.equal([3, 0]);
  });

  it('reports its depth, waits and refusals', async () => {
    const depths: number[] = [];
    let refused = 0;
    const onReject = () => {
      refused += 1;
    };
    const { runJob } = admission({
      concurrency: 1,
      queueMax: 1,
      onDepth: (depth) => depths.push(depth),
      onReject,
    });
    const first = createJob();
    const running = [runJob(first.run), runJob(async () => 'second')];
    await codeOf(runJob(async () => 'third'));
    first.finish('done');
    await Promise.all(running);
    expect(depths).to.deep.equal([1, 0]);
    expect(refused).to.equal(1);
  });

  it('tells beforehand that there is no room, and that there is', async () => {
    const { runJob, queue } = admission({ concurrency: 1, queueMax: 1 });
    const first = createJob();
    const running = [runJob(first.run)];
    expect(queue.isFull('known')).to.equal(false);
    running.push(runJob(async () => 'second'));
    expect(queue.isFull('known')).to.equal(true);
    first.finish('done');
    await Promise.all(running);
    expect(queue.isFull('known')).to.equal(false);
  });

  it('lets no more work begin than jobs will find room, and counts what it refuses', async () => {
    let refused = 0;
    const { runJob, queue } = admission({
      concurrency: 1,
      queueMax: 1,
      onReject: () => {
        refused += 1;
      },
    });
    const lookups = Array.from({ length: 3 }, createJob);
    const done: string[] = [];
    const requests = lookups.map((lookup, index) =>
      queue.run('known', async () => {
        await lookup.run();
        await runJob(async () => done.push(String(index)));
      }),
    );
    expect(await codeOf(requests[2] ?? expect.fail())).to.equal('overloaded');
    expect(lookups.map((lookup) => lookup.isStarted())).to.deep.equal([true, true, false]);
    expect(queue.isFull('known')).to.equal(true);
    expect(refused).to.equal(1);
    for (const lookup of lookups) lookup.finish('found');
    await Promise.all(requests.slice(0, 2));
    expect(done).to.deep.equal(['0', '1']);
    expect(queue.isFull('known')).to.equal(false);
  });

  it('takes back the place of work that failed, before its job or without one', async () => {
    const { queue } = admission({ concurrency: 1, queueMax: 0 });
    for (let n = 0; n < 3; n += 1) {
      const failure = await queue
        .run('known', () => Promise.reject(new Error('no')))
        .catch((error: Error) => error.message);
      expect(failure).to.equal('no');
    }
    expect(await queue.run('known', () => 'next')).to.equal('next');
  });

  it('starts the jobs of better priority first, and every fourth time the worst that waits', async () => {
    const { runJob } = admission({ concurrency: 1, queueMax: 100 });
    const first = createJob();
    const order: string[] = [];
    const jobs = [runJob(first.run)];
    for (const priority of ['suspect', 'clean', 'known'] as const) {
      for (let n = 0; n < 3; n += 1) jobs.push(runJob(async () => String(order.push(priority)), priority));
    }
    first.finish('done');
    await Promise.all(jobs);
    expect(order).to.deep.equal([
      ...['known', 'known', 'known', 'suspect'],
      ...['clean', 'clean', 'clean', 'suspect'],
      'suspect',
    ]);
  });

  it('starts the newest job of a clean network first, and the oldest of the other priorities', async () => {
    const { runJob } = admission({ concurrency: 1, queueMax: 100 });
    const first = createJob();
    const order: string[] = [];
    const jobs = [runJob(first.run)];
    for (const priority of ['known', 'clean'] as const) {
      for (let n = 1; n <= 2; n += 1)
        jobs.push(runJob(async () => String(order.push(`${priority} ${n}`)), priority));
    }
    first.finish('done');
    await Promise.all(jobs);
    expect(order).to.deep.equal(['known 1', 'known 2', 'clean 2', 'clean 1']);
  });

  it('keeps a part of the queue for better priorities', async () => {
    const { runJob, queue } = admission({ concurrency: 1, queueMax: 4 });
    const jobs = Array.from({ length: 5 }, createJob);
    const full = () => (['known', 'clean', 'suspect'] as const).filter(queue.isFull);
    const seen = [];
    const running = [];
    for (const job of jobs) {
      running.push(runJob(job.run, 'suspect'));
      seen.push(full().join(' '));
    }
    expect(seen).to.deep.equal(['', '', 'suspect', 'clean suspect', 'known clean suspect']);
    for (const job of jobs) job.finish('done');
    await Promise.all(running);
  });

  it('lets a slot rest in proportion to its work before the next job, where CPU time is short', async () => {
    const busy = async () => {
      const end = performance.now() + 20;
      while (performance.now() < end);
    };
    const { runJob } = admission({ concurrency: 1, rest: (worked) => worked * 3 });
    const start = performance.now();
    await runJob(busy);
    // Its own result does not wait for the rest; the next job does.
    let hasRested = false;
    await runJob(async () => {
      hasRested = performance.now() - start > 70;
    });
    expect(hasRested).to.equal(true);
  });
});
