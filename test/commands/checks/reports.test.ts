import { expect } from 'chai';
import { Command } from 'commander';
import { failed, type Outcome, passed, skipped, warning } from '../../../app/commands/checks/check.ts';
import { addCheckOptions, type CheckOptions, formatOf } from '../../../app/commands/checks/options.ts';
import { createListReport, createReport } from '../../../app/commands/checks/reports/report.ts';
import { selectChecks } from '../../../app/commands/checks/selection.ts';

const check = (id: string, category: string, title: string, needs?: readonly string[]) => ({
  id,
  category,
  title,
  documentation: '',
  ...(needs && { needs }),
});
const checks = [
  check('database-dns', 'Database', 'The name of the database has an address'),
  check('database-login', 'Database', 'The database accepts the password', ['database-dns']),
  check('redis-ping', 'Redis', 'Redis answers'),
  check('redis-memory', 'Redis', 'Redis has memory left', ['redis-ping']),
] as const;
const outcomes: readonly Outcome[] = [
  { check: checks[0], finding: passed('10.0.0.5'), duration: 12.4 },
  { check: checks[1], finding: failed('Refused: "no" <&> \u0007', 'Set the password'), duration: 1_500 },
  { check: checks[2], finding: warning('Slow', 'Look at its load'), duration: 0 },
  { check: checks[3], finding: skipped('It is not asked for'), duration: 0 },
];

describe('The reports of checks', () => {
  it('table: every check by category, with its id, and fix and address below a problem', () => {
    const { json, lines } = createReport('doctor', 'table', outcomes);
    expect(json).to.equal(false);
    expect(lines).to.deep.equal([
      'Database',
      '--------',
      '√ The name of the database has an address [database-dns]: 10.0.0.5',
      '× The database accepts the password [database-login]',
      '    Refused: "no" <&> \u0007',
      '    Fix: Set the password',
      '    See docs/checks.md#database-login',
      '',
      'Redis',
      '-----',
      '‼ Redis answers [redis-ping]',
      '    Slow',
      '    Fix: Look at its load',
      '    See docs/checks.md#redis-ping',
      '- Redis has memory left [redis-memory]: skipped. It is not asked for',
      '',
      'Result: failed (1 passed, 1 warnings, 1 failed, 1 skipped)',
    ]);
  });

  it('short: one line for each problem, and the result', () => {
    expect(createReport('doctor', 'short', outcomes.slice(2)).lines).to.deep.equal([
      '‼ [redis-ping] Slow. Look at its load. See docs/checks.md#redis-ping',
      'Result: passed (0 passed, 1 warnings, 0 failed, 1 skipped)',
    ]);
  });

  it('json: one document with snake_case keys', () => {
    const { json, result, lines } = createReport('doctor', 'json', outcomes.slice(0, 2));
    expect([json, lines]).to.deep.equal([true, []]);
    expect(result).to.deep.equal({
      status: 'failed',
      counts: { passed: 1, warning: 0, failed: 1, skipped: 0 },
      checks: [
        {
          id: 'database-dns',
          category: 'Database',
          title: 'The name of the database has an address',
          documentation: 'docs/checks.md#database-dns',
          status: 'passed',
          message: '10.0.0.5',
          fix: null,
          duration_ms: 12,
        },
        {
          id: 'database-login',
          category: 'Database',
          title: 'The database accepts the password',
          documentation: 'docs/checks.md#database-login',
          status: 'failed',
          message: 'Refused: "no" <&> \u0007',
          fix: 'Set the password',
          duration_ms: 1500,
        },
      ],
    });
  });

  it('junit: one test case for each check, with what XML does not allow escaped or replaced', () => {
    expect(createReport('doctor', 'junit', outcomes).lines).to.deep.equal([
      '<?xml version="1.0" encoding="UTF-8"?>',
      '<testsuites>',
      '  <testsuite name="doctor" tests="4" failures="1" errors="0" skipped="1" time="1.512">',
      '    <testcase classname="Database" name="database-dns" time="0.012"><system-out>10.0.0.5</system-out></testcase>',
      '    <testcase classname="Database" name="database-login" time="1.500">' +
        '<failure message="Refused: &quot;no&quot; &lt;&amp;&gt; \u{FFFD}">' +
        'Set the password. See docs/checks.md#database-login</failure></testcase>',
      '    <testcase classname="Redis" name="redis-ping" time="0.000">' +
        '<system-out>Warning: Slow. Look at its load. See docs/checks.md#redis-ping</system-out></testcase>',
      '    <testcase classname="Redis" name="redis-memory" time="0.000"><skipped message="It is not asked for"/></testcase>',
      '  </testsuite>',
      '</testsuites>',
    ]);
  });

  it('lists the checks for a reader and for a program', () => {
    expect(createListReport('table', checks.slice(0, 1)).lines).to.deep.equal([
      'Database',
      '--------',
      'database-dns: The name of the database has an address',
    ]);
    const { result } = createListReport('json', checks.slice(0, 1));
    expect(result).to.deep.equal({
      checks: [
        {
          id: 'database-dns',
          category: 'Database',
          title: 'The name of the database has an address',
          documentation: 'docs/checks.md#database-dns',
        },
      ],
    });
  });
});

describe('The selection of checks', () => {
  const idsOf = (selection: Parameters<typeof selectChecks>[1]) =>
    selectChecks(checks, selection).map(({ id }) => id);

  it('is all of them, those of --only with what they need, or all but those of --skip', () => {
    expect(idsOf({})).to.have.length(4);
    expect(idsOf({ only: ['redis-memory'] })).to.deep.equal(['redis-ping', 'redis-memory']);
    expect(idsOf({ skip: ['redis-ping'] })).to.deep.equal(['database-dns', 'database-login', 'redis-memory']);
    expect(idsOf({ only: ['redis-memory'], skip: ['redis-ping'] })).to.deep.equal(['redis-memory']);
  });

  it('refuses an id that no check has', () => {
    expect(() => idsOf({ skip: ['redis-pong'] })).to.throw('No check is called redis-pong');
  });
});

describe('The options of checks', () => {
  function parse(...args: string[]): CheckOptions {
    const command = addCheckOptions(new Command('any'))
      .exitOverride()
      .configureOutput({ writeErr: () => undefined });
    return command.parse(args, { from: 'user' }).opts();
  }

  it('take comma lists, a duration and a format', () => {
    const options = parse('--only', 'a,b', '--only', 'c', '--skip', 'd', '--wait', '90s', '-o', 'short');
    expect(options).to.deep.equal({ only: ['a', 'b', 'c'], skip: ['d'], wait: 90_000, output: 'short' });
    expect(formatOf(options)).to.equal('short');
    expect(formatOf(parse('--json'))).to.equal('json');
    expect(formatOf(parse())).to.equal('table');
  });

  it('refuse a duration or format that does not exist, and an empty list', () => {
    for (const args of [
      ['--wait', '5'],
      ['--wait', '0s'],
      ['-o', 'xml'],
      ['--only', ','],
    ])
      expect(() => parse(...args), args.join(' ')).to.throw('is invalid');
  });
});
