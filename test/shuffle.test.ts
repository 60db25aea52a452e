import { expect } from 'chai';
import { shuffled } from './support/shuffle.ts';

describe('the order of the tests', () => {
  const items = Array.from({ length: 50 }, (_, index) => index);

  it('is the same for the same seed', () => {
    expect(shuffled(items, '7', 'files')).to.deep.equal(shuffled(items, '7', 'files'));
  });

  it('differs from seed to seed, and from one purpose to another', () => {
    const order = shuffled(items, '7', 'files');
    expect(shuffled(items, '8', 'files')).not.to.deep.equal(order);
    expect(shuffled(items, '7', 'suites')).not.to.deep.equal(order);
  });

  it('leaves nothing out', () => {
    expect(shuffled(items, '7', 'files').sort((a, b) => a - b)).to.deep.equal(items);
  });
});
