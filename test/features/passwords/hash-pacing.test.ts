import { expect } from 'chai';
import { createHashPacing } from '../../../app/features/passwords/hash-pacing.ts';

/** The share of the quota that hashes use which work for 20 ms and rest afterwards. */
const shareOf = (rest: number, quota: number, threads: number) => (20 / (20 + rest)) * (threads / quota);

describe('The pacing of hashes', () => {
  let stops: number;
  beforeEach(() => {
    stops = 7;
  });
  const countStops = () => stops;

  it('leaves three tenths of the quota to requests', () => {
    const rest = createHashPacing({ quota: 0.5, threads: 1, countStops });
    expect(shareOf(rest(20), 0.5, 1)).to.be.closeTo(0.7, 1e-9);
    const many = createHashPacing({ quota: 2, threads: 4, countStops });
    expect(shareOf(many(20), 2, 4)).to.be.closeTo(0.7, 1e-9);
  });

  it('takes a hash that had to wait for a CPU for no more work than others', () => {
    const rest = createHashPacing({ quota: 0.5, threads: 1, countStops });
    const usual = rest(20) + 20;
    expect(rest(50) + 50).to.be.closeTo(usual, 2);
    expect(rest(200)).to.equal(0);
  });

  it('needs no rest where its threads cannot use up their part of the quota', () => {
    expect(createHashPacing({ quota: 4, threads: 1, countStops })(20)).to.equal(0);
  });

  it('uses less whenever the kernel stops the process, three tenths at least, and slowly more afterwards', () => {
    const rest = createHashPacing({ quota: 0.5, threads: 1, countStops });
    const shares = Array.from({ length: 10 }, () => {
      stops += 1;
      return shareOf(rest(20), 0.5, 1);
    });
    expect(shares[0]).to.be.lessThan(0.65);
    expect(shares).to.deep.equal([...shares].sort((a, b) => b - a));
    expect(shares.at(-1)).to.be.closeTo(0.3, 1e-9);
    const next = Array.from({ length: 1_000 }, () => shareOf(rest(20), 0.5, 1));
    expect(next[0]).to.be.greaterThan(0.3);
    expect(next[0]).to.be.lessThan(0.31);
    expect(next.at(-1)).to.be.closeTo(0.7, 1e-9);
  });
});
