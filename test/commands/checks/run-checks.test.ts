import { expect } from 'chai';
import { type Check, type Finding, failed, passed, warning } from '../../../app/commands/checks/check.ts';
import { type RunOptions, runChecks } from '../../../app/commands/checks/run-checks.ts';

/** A check whose attempts end as `findings` says, the last one again and again. */
function checkOf(id: string, findings: readonly (Finding | Error | 'silent')[], needs?: readonly string[]) {
  let attempts = 0;
  const check: Check<null> = {
    id,
    category: 'Any',
    title: id,
    documentation: '',
    ...(needs && { needs }),
    run: async () => {
      const finding = findings[Math.min(attempts++, findings.length - 1)];
      if (finding instanceof Error) throw finding;
      if (finding === 'silent' || !finding) return new Promise(() => undefined);
      return finding;
    },
  };
  return { check, attempts: () => attempts };
}

/** Time passes only while the run sleeps, and a deadline ends only when nothing else can. */
function fakeClock() {
  let now = 0;
  const clock: NonNullable<RunOptions['clock']> = {
    now: () => now,
    sleep: async (time, signal) => {
      await new Promise(setImmediate);
      if (!signal.aborted) now += time;
    },
  };
  return { clock, passedTime: () => now };
}

const good = passed('good');
const bad = failed('bad', 'correct it');
const statuses = (outcomes: Awaited<ReturnType<typeof runChecks>>) =>
  outcomes.map(({ check, finding }) => `${check.id} ${finding.status}`);

describe('The run of checks', () => {
  it('runs each check once, in order, and goes on after a failure', async () => {
    const checks = [checkOf('a', [good]), checkOf('b', [bad]), checkOf('c', [warning('so so', 'look')])];
    const outcomes = await runChecks(
      checks.map(({ check }) => check),
      null,
    );
    expect(statuses(outcomes)).to.deep.equal(['a passed', 'b failed', 'c warning']);
    expect(checks.map(({ attempts }) => attempts())).to.deep.equal([1, 1, 1]);
  });

  it('skips what needs a failed check, also over a skipped one, and names the first failure', async () => {
    const checks = [checkOf('a', [bad]), checkOf('b', [good], ['a']), checkOf('c', [good], ['b'])];
    const outcomes = await runChecks(
      checks.map(({ check }) => check),
      null,
    );
    expect(statuses(outcomes)).to.deep.equal(['a failed', 'b skipped', 'c skipped']);
    expect(outcomes[2]?.finding.message).to.equal('The check a has failed');
    expect(checks[2]?.attempts()).to.equal(0);
  });

  it('runs what needs a check with a warning, and what needs a check that is not in the run', async () => {
    const checks = [checkOf('a', [warning('so so', 'look')]), checkOf('b', [good], ['a', 'absent'])];
    const outcomes = await runChecks(
      checks.map(({ check }) => check),
      null,
    );
    expect(statuses(outcomes)).to.deep.equal(['a warning', 'b passed']);
  });

  it('reports an exception as a failure with its message', async () => {
    const [outcome] = await runChecks([checkOf('a', [new Error('no route to host')]).check], null);
    expect(outcome?.finding.status).to.equal('failed');
    expect(outcome?.finding.message).to.contain('no route to host');
    expect(outcome?.finding.fix).to.be.a('string');
  });

  it('ends a check that does not end, after its deadline', async () => {
    const { clock, passedTime } = fakeClock();
    const [outcome] = await runChecks([checkOf('a', ['silent']).check], null, {
      clock,
      checkDeadline: 7_000,
    });
    expect(outcome?.finding.message).to.equal('The check did not end within 7 seconds');
    expect(passedTime()).to.equal(7_000);
  });

  it('repeats a failed check until it passes, and asks before each repetition', async () => {
    const { clock } = fakeClock();
    const { check, attempts } = checkOf('a', [bad, bad, good]);
    const asked: string[] = [];
    const beforeRetry = (id: string) => asked.push(id) > 0;
    const outcomes = await runChecks([check], null, { clock, wait: 60_000, beforeRetry });
    expect(statuses(outcomes)).to.deep.equal(['a passed']);
    expect(attempts()).to.equal(3);
    expect(asked).to.deep.equal(['a', 'a']);
  });

  it('has one deadline for the whole run: a second check does not wait again', async () => {
    const { clock, passedTime } = fakeClock();
    const checks = [checkOf('a', [bad]), checkOf('b', [bad]), checkOf('c', ['silent'])];
    const outcomes = await runChecks(
      checks.map(({ check }) => check),
      null,
      { clock, wait: 10_000 },
    );
    expect(statuses(outcomes)).to.deep.equal(['a failed', 'b failed', 'c failed']);
    expect(passedTime()).to.be.at.most(10_000);
    expect(checks[0]?.attempts()).to.be.above(2);
  });

  it('does not repeat a check for which the context refuses it', async () => {
    const { clock } = fakeClock();
    const { check, attempts } = checkOf('a', [bad]);
    await runChecks([check], null, { clock, wait: 60_000, beforeRetry: () => false });
    expect(attempts()).to.equal(1);
  });

  it('leaves a running check and skips the others when it is interrupted', async () => {
    const interruption = new AbortController();
    const silentCheck = checkOf('a', ['silent']);
    const first: Check<null> = {
      ...silentCheck.check,
      run: (context) => {
        setImmediate(() => interruption.abort());
        return silentCheck.check.run(context);
      },
    };
    const outcomes = await runChecks([first, checkOf('b', [good]).check], null, {
      signal: interruption.signal,
    });
    expect(statuses(outcomes)).to.deep.equal(['a skipped', 'b skipped']);
    expect(outcomes[1]?.finding.message).to.equal('The run was interrupted');
  });
});
