import { expect } from 'chai';
import { longestInterval } from '../../charts-ts/workload/cron.ts';

const hour = 3_600;
const day = 24 * hour;

const intervals: [schedule: string, seconds: number | undefined][] = [
  ['41 2 * * *', day],
  ['0 */6 * * *', 6 * hour],
  ['0 8-18 * * *', 14 * hour],
  ['15,45 * * * *', hour / 2],
  ['* * * * *', 60],
  ['0 4 * * SUN', 7 * day],
  ['0 4 * * 7', 7 * day],
  ['0 4 * * 1-5', 3 * day],
  ['0 4 * * mon,thu', 4 * day],
  ['0 4 1 * *', 31 * day],
  ['0 4 31 * *', 61 * day],
  // Cron runs on the days of either field.
  ['0 4 1 * 0', 7 * day],
  ['0 0 1 JAN *', 366 * day],
  ['5/20 3 * * *', day - 40 * 60],
  ['61 2 * * *', undefined],
  ['0 4 * * FOO', undefined],
  ['0 4 5-2 * *', undefined],
  ['*/0 4 * * *', undefined],
  ['0 4 30 2 *', undefined],
];

describe('charts: the longest interval of a schedule', () => {
  for (const [schedule, seconds] of intervals)
    it(`of ${schedule} is ${seconds === undefined ? 'unknown' : `${seconds / hour} hours`}`, () => {
      expect(longestInterval(schedule)).to.equal(seconds);
    });
});
