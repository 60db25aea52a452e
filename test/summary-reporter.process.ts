import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { summary } from './support/summary-reporter.ts';

function runMocha(file: string): { readonly status: number | null; readonly lines: readonly string[] } {
  const { OUTCOME_FILE: _outcome, SEED: _seed, ...env } = process.env;
  const { status, stdout } = spawnSync('node_modules/.bin/mocha', [file], { encoding: 'utf8', env });
  return { status, lines: stdout.trimEnd().split('\n') };
}

const outcome = { passed: 1, failed: 0, failures: [], skipped: [], seed: null };

describe('summary reporter', () => {
  describe('after a run with every outcome', () => {
    let run: ReturnType<typeof runMocha>;
    before(() => {
      run = runMocha('test/support/fixtures/every-outcome.ts');
    });

    it('counts failed tests and hooks as failed, and what never began as skipped', () => {
      expect(run.lines.at(-1)).to.equal('tests: 2 passed, 4 failed, 5 skipped');
    });

    it('names every failed test and hook', () => {
      const failed = run.lines.filter((line) => line.startsWith('failed: '));
      expect(failed).to.have.length(4);
      expect(failed.join()).to.contain('failed: every outcome leaves a rejection to nobody');
    });

    it('names every skipped test', () => {
      expect(run.lines.filter((line) => line.startsWith('skipped: '))).to.deep.equal([
        'skipped: every outcome is not written yet',
        'skipped: every outcome gives up while running',
        'skipped: every outcome with a skipping before hook is skipped with it',
        'skipped: every outcome with a failing before hook cannot begin (never began)',
        'skipped: every outcome with a failing before hook cannot begin either (never began)',
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
    const text = summary({ ...outcome, stores: ['embedded: PGlite', 'real: none'] });
    expect(text).to.equal(
      'stores: embedded: PGlite\nstores: real: none\ntests: 1 passed, 0 failed, 0 skipped\n',
    );
  });

  it('says the seed of a shuffled run', () => {
    expect(summary({ ...outcome, stores: [], seed: '7' })).to.contain('\nseed: 7\ntests: ');
  });

  it('says so when no store was', () => {
    expect(summary({ ...outcome, stores: [] })).to.contain('stores: none\n');
  });
});
