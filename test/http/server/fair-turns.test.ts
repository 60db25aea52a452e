import { setImmediate as nextIteration } from 'node:timers/promises';
import { expect } from 'chai';
import { createFairTurns, requestsPerIteration } from '../../../app/http/server/fair-turns.ts';

describe('Turns of the event loop', () => {
  it('go to each network for some requests, in order, however many of them one network has sent', async () => {
    const take = createFairTurns();
    const order: string[] = [];
    const send = (network: string, name: string) => take(network, () => void order.push(name));
    for (let n = 0; n < 3 * requestsPerIteration; n += 1) send('busy', `busy ${n}`);
    send('quiet', 'quiet 0');
    expect(order).to.have.length(requestsPerIteration + 1);
    expect(order.at(-1)).to.equal('quiet 0');
    send('busy', 'busy last');
    await nextIteration();
    expect(order).to.have.length(2 * requestsPerIteration + 1);
    send('quiet', 'quiet 1');
    expect(order.at(-1)).to.equal('quiet 1');
    await nextIteration();
    await nextIteration();
    const busy = order.filter((name) => name.startsWith('busy'));
    expect(busy).to.deep.equal([
      ...Array.from({ length: 3 * requestsPerIteration }, (_, n) => `busy ${n}`),
      'busy last',
    ]);
  });

  it('begin again with each iteration', async () => {
    const take = createFairTurns();
    let count = 0;
    for (let iteration = 1; iteration <= 3; iteration += 1) {
      for (let n = 0; n < requestsPerIteration; n += 1)
        take('one', () => {
          count += 1;
        });
      expect(count).to.equal(iteration * requestsPerIteration);
      await nextIteration();
    }
  });
});
