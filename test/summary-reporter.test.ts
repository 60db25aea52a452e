import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { summary } from './support/summary-reporter.ts';

function runMocha(file: string): { readonly status: number | null; readonly lines: readonly string[] } {
  const { SUMMARY_FILE: _, ...env } = process.env;
  const { status, stdout } = spawnSync('node_modules/.bin/mocha', [file], { encoding: 'utf8', env });
  return { status, lines: stdout.trimEnd().split('\n') };
}

describe('summary reporter', () => {
  describe('after a run with every kind of trouble', () => {
    let run: ReturnType<typeof runMocha>;
    before(() => {
      run = runMocha('test/support/fixtures/troubled.ts');
    });

    it('counts failed tests and hooks as failed, and what never began as skipped', () => {
      expect(run.lines.at(-1)).to.equal('tests: 2 passed, 4 failed, 5 skipped');
    });

    it('names every skipped test', () => {
      expect(run.lines.filter((line) => line.startsWith('skipped: '))).to.deep.equal([
        'skipped: troubled is not written yet',
        'skipped: troubled gives up while running',
        'skipped: troubled with a skipping before hook is skipped with it',
        'skipped: troubled with a failing before hook cannot begin (never began)',
        'skipped: troubled with a failing before hook cannot begin either (never began)',
      ]);
    });

    it('fails a test that leaves an unhandled rejection', () => {
      expect(run.lines.join('\n')).to.match(/leaves a rejection to nobody:\n\s+Uncaught Error: as meant/);
    });

    it('exits with a failure', () => {
      expect(run.status).to.be.greaterThan(0);
    });
  });

  it('says which stores were exercised, just above the counts', () => {
    const text = summary({ passed: 1, failed: 0, skipped: [], stores: ['embedded: PGlite', 'real: none'] });
    expect(text).to.equal(
      'stores: embedded: PGlite\nstores: real: none\ntests: 1 passed, 0 failed, 0 skipped\n',
    );
  });

  it('says so when no store was', () => {
    expect(summary({ passed: 1, failed: 0, skipped: [], stores: [] })).to.contain('stores: none\n');
  });
});
