import { expect } from 'chai';
import { startPeriodicJob } from '../../app/jobs/periodic-job.ts';

const hour = 3_600_000;

/** A job whose runs end when the test says so. */
function createRuns() {
  const ends: (() => void)[] = [];
  const run = () => new Promise<void>((resolve) => ends.push(resolve));
  return { run, ends };
}

describe('A periodic job', () => {
  it('runs at once, when it is asked to and after each interval', async () => {
    const { run, ends } = createRuns();
    const job = startPeriodicJob(run, 1);
    expect(ends).to.have.length(1);
    job.runNow();
    expect(ends).to.have.length(2);
    while (ends.length < 4) await new Promise((resolve) => setTimeout(resolve, 1));
    for (const end of ends) end();
    await job.stop();
  });

  it('stops when every run in progress has ended, and starts no other', async () => {
    const { run, ends } = createRuns();
    const job = startPeriodicJob(run, hour);
    job.runNow();
    let isStopped = false;
    const stopping = job.stop().then(() => {
      isStopped = true;
    });
    job.runNow();
    expect(ends).to.have.length(2);
    ends[0]?.();
    await new Promise((resolve) => setImmediate(resolve));
    expect(isStopped).to.equal(false);
    ends[1]?.();
    await stopping;
  });
});
