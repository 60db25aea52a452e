import { setImmediate as nextIteration } from 'node:timers/promises';
import { expect } from 'chai';
import { createRequestScheduler, requestsPerIteration } from '../../../app/http/server/request-scheduler.ts';

describe('Requests of many networks', () => {
  let order: string[];
  let send: (network: string) => void;
  beforeEach(() => {
    const done: string[] = [];
    order = done;
    const schedule = createRequestScheduler();
    send = (network) => schedule(network, () => void done.push(network));
  });
  const count = (network: string) => order.filter((name) => name === network).length;

  it('are handled up to a number for each iteration of the event loop', async () => {
    for (let iteration = 1; iteration <= 3; iteration += 1) {
      for (let n = 0; n < requestsPerIteration; n += 1) send('one');
      expect(order).to.have.length(iteration * requestsPerIteration);
      await nextIteration();
    }
  });

  it('wait little if their network has sent few, however many another one has sent', async () => {
    for (let n = 0; n < 10 * requestsPerIteration; n += 1) send('busy');
    send('quiet');
    expect(order).to.have.length(requestsPerIteration);
    await nextIteration();
    expect(order).to.have.length(2 * requestsPerIteration);
    expect(order.indexOf('quiet')).to.be.within(requestsPerIteration, requestsPerIteration + 1);
  });

  it('wait for no more requests than there are networks, if they are the first of theirs', async () => {
    const networks = Array.from({ length: 100 }, (_, n) => `busy ${n}`);
    for (let n = 0; n < 20; n += 1) for (const network of networks) send(network);
    send('quiet');
    const before = order.length;
    while (count('quiet') === 0) await nextIteration();
    expect(order.indexOf('quiet') - before).to.be.at.most(networks.length);
  });

  it('keep their order within a network, and none is lost', async () => {
    const schedule = createRequestScheduler();
    const seen: number[] = [];
    const total = 5 * requestsPerIteration;
    for (let n = 0; n < total; n += 1) schedule(n % 3 === 0 ? 'a' : 'b', () => void seen.push(n));
    for (let n = 0; n < 5; n += 1) await nextIteration();
    const numbers = Array.from({ length: total }, (_, n) => n);
    expect([...seen].sort((a, b) => a - b)).to.deep.equal(numbers);
    for (const isA of [true, false]) {
      const own = seen.filter((n) => (n % 3 === 0) === isA);
      expect(own).to.deep.equal([...own].sort((a, b) => a - b));
    }
  });
});
