import { expect } from 'chai';
import { addToSketch, countDistinct, createSketch } from '../../app/store/distinct-count.ts';

/** The set of the elements from `from` on. They are the same in each run, so that a test never fails by chance. */
function sketchOf(count: number, from = 0) {
  const sketch = createSketch();
  for (let n = from; n < from + count; n += 1) addToSketch(sketch, `element ${n}`);
  return sketch;
}

describe('A count of distinct elements', () => {
  it('is zero without elements, and exact for few', () => {
    expect(countDistinct([])).to.equal(0);
    expect(countDistinct([createSketch()])).to.equal(0);
    for (const count of [1, 2, 3, 10]) expect(countDistinct([sketchOf(count)])).to.equal(count);
  });

  // Three standard errors.
  for (const count of [100, 1_000, 8_000, 12_000, 20_000]) {
    it(`is within 5 % for ${count}`, () => {
      expect(countDistinct([sketchOf(count)])).to.be.closeTo(count, count * 0.05);
    });
  }

  it('counts an element once, in one set and in several', () => {
    const sketch = sketchOf(1_000);
    const before = countDistinct([sketch]);
    for (let n = 0; n < 1_000; n += 1) addToSketch(sketch, `element ${n}`);
    expect(countDistinct([sketch])).to.equal(before);
    expect(countDistinct([sketchOf(600), sketchOf(600, 400)])).to.equal(before);
  });
});
