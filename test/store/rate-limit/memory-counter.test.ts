import { expect } from 'chai';
import { createMemoryCounter } from '../../../app/store/rate-limit/memory-counter.ts';

describe('A counter in memory', () => {
  let now = 0;
  const counter = (maxKeys = 3) => createMemoryCounter(maxKeys, () => now);
  const consumed = (taken: { consumed: number } | null) => taken?.consumed ?? null;

  it('counts each key in a window of its own', () => {
    const { take, peek } = counter();
    expect([take('a', 1_000), take('a', 1_000), take('b', 1_000)].map(consumed)).to.deep.equal([1, 2, 1]);
    now += 1_000;
    expect([peek('a'), consumed(take('a', 1_000))]).to.deep.equal([0, 1]);
  });

  it('refuses new keys when it is full, and forgets none of the old', () => {
    const { take } = counter();
    for (const key of ['a', 'b', 'c']) take(key, 60_000);
    for (let n = 0; n < 100; n += 1) expect(take(`flood ${n}`, 60_000)).to.equal(null);
    expect(['a', 'b', 'c'].map((key) => consumed(take(key, 60_000)))).to.deep.equal([2, 2, 2]);
  });

  it('has room again for as many keys as have windows that are over', () => {
    const { take } = counter();
    take('long', 60_000);
    take('short', 2_000);
    take('shorter', 1_000);
    now += 2_000;
    expect(['x', 'y', 'z'].map((key) => consumed(take(key, 60_000)))).to.deep.equal([1, 1, null]);
    expect(consumed(take('long', 60_000))).to.equal(2);
  });

  it('has room again for keys that were given back or forgotten', async () => {
    const { take, forget } = counter(2);
    const taken = take('a', 60_000);
    take('b', 60_000);
    expect(take('c', 60_000)).to.equal(null);
    await taken?.refund();
    expect(consumed(take('c', 60_000))).to.equal(1);
    forget('b');
    expect(consumed(take('d', 60_000))).to.equal(1);
  });

  it('gives a point back to its own window only', async () => {
    const { take, peek, forget } = counter();
    const expired = take('a', 1_000);
    now += 1_000;
    const forgotten = take('a', 1_000);
    await expired?.refund();
    expect(peek('a')).to.equal(1);
    forget('a');
    await forgotten?.refund();
    take('a', 1_000);
    await forgotten?.refund();
    expect(peek('a')).to.equal(1);
  });
});
