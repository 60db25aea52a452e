import { changedLines } from '../cluster/apply-lines.ts';
import type { Step } from '../run.ts';

export const readBack: Step = {
  name: 'read-back',
  claim: 'After an apply, kubectl diff is empty and a second apply changes nothing',
  async run(run, report) {
    const main = await run.main();
    const { status, stderr, stdout } = await run.kubectl.run(['diff', '-f', main.out]);
    const isEmpty = status === 0 && stdout === '';
    const changed = stdout.split('\n').filter((line) => /^[+-] /.test(line));
    report.check(
      'kubectl diff is empty',
      isEmpty,
      [...changed.slice(0, 6), stderr.trim()].filter(Boolean).join(' '),
    );
    const others = changedLines(await main.apply());
    report.figure('objects', main.objects().length);
    report.check('a second apply says unchanged for every object', others.length === 0, others.join('; '));
  },
};
