import { createCleanup } from '../../tools/torture/harness/cleanup.ts';
import { courses as all } from './support/drills/courses.ts';
import { defaultFactor } from './support/drills/installation-settings.ts';
import { runCourses, startLab } from './support/drills/lab.ts';
import { needDrillServers } from './support/drills/need-servers.ts';
import type { DrillReport } from './support/drills/run-drill.ts';
import { cleanUpWhenInterrupted } from './support/interruption.ts';

/** Milliseconds. Drills wait for what happens before them in their course. */
const timeout = 1_200_000;

/** `DRILLS=pods,load` runs only the drills of these courses. */
const wanted = process.env.DRILLS?.split(',');
const courses = all.filter(({ name }) => !wanted || wanted.includes(name));

/** Each rule is the one of the charts with all its durations divided; see support/drills/scaled-rules.ts. */
describe('Each alert on a real Prometheus', function () {
  this.timeout(timeout);
  const cleanup = createCleanup();
  let reports: Promise<DrillReport>[][];

  before(async function () {
    needDrillServers(this);
    cleanUpWhenInterrupted();
    reports = runCourses(await startLab(cleanup, courses), courses);
  });
  after(() => cleanup.run());

  for (const [n, { drills, factor = defaultFactor }] of courses.entries()) {
    for (const [m, { alerts, cause }] of drills.entries()) {
      it(`${alerts.join(', ')}: fires when ${cause}, and is silent before and after`, async () => {
        const report = await reports[n]?.[m];
        const also = report?.others.length ? `; also fired: ${report.others.join(', ')}` : '';
        for (const { alert, fired, silent } of report?.results ?? []) {
          const seconds = `fired after ${fired.toFixed(1)} s, silent ${silent.toFixed(1)} s after its end`;
          process.stdout.write(`${alert}: ${cause}; ${seconds} (durations of the rule / ${factor})${also}\n`);
        }
      });
    }
  }
});
