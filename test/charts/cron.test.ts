import { expect } from 'chai';
import { longestInterval, scheduleFault } from '../../charts-ts/workload/cron.ts';
import { schedules } from './support/cron-of-kubernetes.ts';

const fault = (schedule: string): string =>
  (scheduleFault(schedule) ?? 'accepted').replace(/(one of) @.*/, '$1 the names');

const faults: [schedule: string, fault: string][] = [
  ['61 2 * * *', 'must have a minute from 0 to 59'],
  ['0 24 * * *', 'must have an hour from 0 to 23'],
  ['0 4 0 * *', 'must have a day of the month from 1 to 31'],
  ['0 4 * 13 *', 'must have a month from 1 to 12 or JAN to DEC'],
  ['0 4 * * 7', 'must have a day of the week from 0 to 6 or SUN to SAT, where 0 is Sunday'],
  ['0 4 * *', 'must be five fields such as 17 3 * * *, or one of the names'],
  ['@reboot', 'must be five fields, @every 6h or one of the names'],
  ['CRON_TZ=UTC 0 3 * * *', 'must not name a time zone: set timeZone beside it'],
  // Kubernetes accepts these, and they are mistakes: it ignores the 5, and runs every second.
  ['17 *-5 * * *', 'must have an hour from 0 to 23'],
  ['@every 0s', 'must be @every and a duration of at least 1 s, such as @every 6h'],
  ['@every -1h', 'must be five fields, @every 6h or one of the names'],
];

describe('charts: schedules of CronJobs', () => {
  for (const [schedule, seconds] of schedules)
    it(`${seconds === undefined ? 'do not include' : 'include'} ${schedule}, as Kubernetes decides`, () => {
      expect(scheduleFault(schedule) === undefined).to.equal(seconds !== undefined);
      // An alert needs at least two runs.
      expect(longestInterval(schedule)).to.equal(seconds || undefined);
    });

  for (const [schedule, message] of faults)
    it(`are refused with ${schedule}: ${message}`, () => {
      expect(fault(schedule)).to.equal(message);
    });
});
