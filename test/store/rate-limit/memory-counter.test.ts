import { expect } from 'chai';
import { createMemoryCounter } from '../../../app/store/rate-limit/memory-counter.ts';

describe('A counter in memory', () => {
  let now = 0;
  const counter = (maxKeys = 3) => createMemoryCounter(maxKeys, () => now);
  const consumed = (point: { consumed: number } | null) => point?.consumed ?? null;

  it('counts each key in a separate window', () => {
    const { consume, peek } = counter();
    expect([consume('a', 1_000), consume('a', 1_000), consume('b', 1_000)].map(consumed)).to.deep.equal([
      1, 2, 1,
    ]);
    now += 1_000;
    expect([peek('a'), consumed(consume('a', 1_000))]).to.deep.equal([0, 1]);
  });

  it('refuses new keys when it is full, and keeps the counts of old keys', () => {
    const { consume } = counter();
    for (const key of ['a', 'b', 'c']) consume(key, 60_000);
    for (let n = 0; n < 100; n += 1) expect(consume(`flood ${n}`, 60_000)).to.equal(null);
    expect(['a', 'b', 'c'].map((key) => consumed(consume(key, 60_000)))).to.deep.equal([2, 2, 2]);
  });

  it('accepts as many new keys as windows have expired', () => {
    const { consume } = counter();
    consume('long', 60_000);
    consume('short', 2_000);
    consume('shorter', 1_000);
    now += 2_000;
    expect(['x', 'y', 'z'].map((key) => consumed(consume(key, 60_000)))).to.deep.equal([1, 1, null]);
    expect(consumed(consume('long', 60_000))).to.equal(2);
  });

  it('accepts new keys after a refund or a reset', async () => {
    const { consume, reset } = counter(2);
    const point = consume('a', 60_000);
    consume('b', 60_000);
    expect(consume('c', 60_000)).to.equal(null);
    await point?.refund();
    expect(consumed(consume('c', 60_000))).to.equal(1);
    reset('b');
    expect(consumed(consume('d', 60_000))).to.equal(1);
  });

  it('refunds a point only to the window that counted it', async () => {
    const { consume, peek, reset } = counter();
    const expired = consume('a', 1_000);
    now += 1_000;
    const discarded = consume('a', 1_000);
    await expired?.refund();
    expect(peek('a')).to.equal(1);
    reset('a');
    await discarded?.refund();
    consume('a', 1_000);
    await discarded?.refund();
    expect(peek('a')).to.equal(1);
  });
});
