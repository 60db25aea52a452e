import { expect } from 'chai';
import Mocha from 'mocha';
import { excludeTests } from '../support/excluded-tests.ts';
import { cells } from './cells.ts';
import { documentedCells, documentedExceptions, exceptionLines } from './document.ts';
import { exceptions } from './exceptions.ts';
import { addUp, closingLines, line, type Result, unexplainedSkips, unusedExceptions } from './result.ts';
import { furtherTests } from './run-cell.ts';

const names = cells.map(({ name }) => name);

describe('docs/infrastructure.md', () => {
  it('has a row for each cell of the matrix, in the same order', () => {
    expect(documentedCells()).to.deep.equal(names);
  });

  it('lists the tests that a cell excludes, with the reasons', () => {
    expect(documentedExceptions()).to.deep.equal(exceptionLines());
  });
});

describe('The names of the matrix', () => {
  it('are different, so that the result of further tests is not written into the row of a cell', () => {
    const all = [...names, ...furtherTests().map(({ name }) => name)];
    expect(all).to.deep.equal([...new Set(all)]);
  });
});

describe('The exceptions of the matrix', () => {
  it('are for cells that exist, and have a reason', () => {
    const unknown = exceptions.flatMap(({ cells }) => cells.filter((cell) => !names.includes(cell)));
    expect(unknown).to.deep.equal([]);
    for (const { title, reason } of exceptions) expect(reason, title).to.match(/^[A-Z].{20,}\.$/);
  });

  it('are skipped, and no other test', () => {
    const suite = new Mocha.Suite('');
    suite.root = true;
    const login = Mocha.Suite.create(suite, 'login');
    const tests = ['asks Redis', 'asks Postgres'].map((title) => new Mocha.Test(title, () => undefined));
    for (const test of tests) login.addTest(test);
    excludeTests(suite, ['login asks R', 'Redis']);
    expect(tests.map(({ pending }) => pending ?? false)).to.deep.equal([true, false]);
  });
});

describe('The result of a cell', () => {
  const exception = { title: 'a Redis', cells: ['redis-cluster'], reason: 'A reason.' };
  const passed: Result = {
    name: 'caddy',
    versions: ['caddy 2.6.2'],
    passed: 5,
    skipped: 0,
    seconds: 61,
    faults: [],
    notRun: [],
  };
  const missing: Result = { ...passed, passed: 0, notRun: ['caddy is missing'] };

  it('names a test that is skipped without an exception', () => {
    expect(unexplainedSkips(['a Redis answers', 'another test'], [exception])).to.deep.equal([
      'another test',
    ]);
  });

  it('reports a failed hook once, and not again for each test that never began', () => {
    expect(unexplainedSkips(['some test (never began)'], [])).to.deep.equal([]);
  });

  it('is a fault if an exception excludes no test', () => {
    expect(unusedExceptions(['a Redis answers'], [exception])).to.deep.equal([]);
    expect(unusedExceptions([], [exception])).to.deep.equal(['an exception excludes no test: a Redis']);
  });

  it('adds up all processes', () => {
    const outcome = { passed: 2, failed: 1, failures: ['a'], skipped: ['b'], stores: [], seed: null };
    expect(addUp([outcome, { ...outcome, passed: 3 }])).to.deep.equal({
      passed: 5,
      failures: ['a', 'a'],
      skipped: ['b', 'b'],
    });
  });

  it('is one line, which shows failures and missing programs', () => {
    expect(line(passed)).to.match(/^caddy +5 passed +61 s {2}caddy 2\.6\.2$/);
    expect(line({ ...passed, faults: ['a test'] })).to.match(/^caddy +FAILED \(1\), 5 passed +61 s/);
    expect(line(missing)).to.match(/^caddy +SKIPPED: caddy is missing /);
  });

  it('fails the run with a failed test, and with a missing program in CI only', () => {
    expect(closingLines([passed], true)).to.deep.equal({ hasFailed: false, lines: [] });
    expect(closingLines([{ ...passed, faults: ['a test'] }], false)).to.deep.equal({
      hasFailed: true,
      lines: ['failed: caddy: a test'],
    });
    expect(closingLines([missing], false)).to.deep.equal({
      hasFailed: false,
      lines: ['skipped: caddy: caddy is missing'],
    });
    expect(closingLines([missing], true)).to.deep.equal({
      hasFailed: true,
      lines: ['failed: caddy: caddy is missing'],
    });
  });
});
