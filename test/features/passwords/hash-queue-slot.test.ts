import { expect } from 'chai';
import { createHashQueue } from '../../../app/features/passwords/hash-queue.ts';
import { codeOf } from '../../support/rows.ts';

/** A promise that a test resolves. */
function createSignal() {
  let give: () => void = () => undefined;
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { give, given };
}

describe('The slot of the hash queue that a request has reserved', () => {
  const createQueue = () => createHashQueue({ concurrency: 1, queueMax: 0, deadline: 60_000 });

  it('is free while the request waits for something else, and reserved again afterwards', async () => {
    const { queue, withoutSlot } = createQueue();
    const [answer, resumed, end] = [createSignal(), createSignal(), createSignal()];
    const request = queue.run('known', async () => {
      await withoutSlot(() => answer.given);
      resumed.give();
      await end.given;
    });
    expect(queue.isFull('known')).to.equal(false);
    expect(await queue.run('known', async () => 'another')).to.equal('another');
    answer.give();
    await resumed.given;
    expect(await queue.run('known', async () => 'another').catch(codeOf)).to.equal('overloaded');
    end.give();
    await request;
    expect(queue.isFull('known')).to.equal(false);
  });

  it('is reserved again if what the request waited for failed', async () => {
    const { queue, withoutSlot } = createQueue();
    await queue.run('known', async () => {
      await withoutSlot(() => Promise.reject(new Error('no answer'))).catch(() => undefined);
      expect(queue.isFull('known')).to.equal(true);
    });
    expect(queue.isFull('known')).to.equal(false);
  });
});
