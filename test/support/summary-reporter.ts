import { writeFileSync } from 'node:fs';
import Mocha, { type MochaOptions, type Runner, type Suite, type Test } from 'mocha';
import { excludedTitles, excludeTests } from './excluded-tests.ts';
import { shuffleSuite } from './shuffle.ts';

export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly failures: readonly string[];
  readonly skipped: readonly string[];
  readonly stores: readonly string[];
  /** Events of the log that were seen, see log-lines.ts. */
  readonly events?: readonly string[];
  /** Null for a run in the order of the source. */
  readonly seed: string | null;
}

/** The last lines of a run: every failed and skipped test by its full name, the stores, the seed, the counts. */
export function summary({ passed, failed, failures, skipped, stores, seed }: Outcome): string {
  return [
    ...failures.map((title) => `failed: ${title}`),
    ...skipped.map((title) => `skipped: ${title}`),
    ...(stores.length > 0 ? stores : ['none']).map((store) => `stores: ${store}`),
    ...(seed === null ? [] : [`seed: ${seed}`]),
    `tests: ${passed} passed, ${failed} failed, ${skipped.length} skipped`,
    '',
  ].join('\n');
}

/** The tests that never began, because a hook failed or the run was broken off. Mocha does not report them. */
function neverBegan(root: Suite): string[] {
  const titles: string[] = [];
  root.eachTest((test) => {
    if (!test.state && !test.isPending()) titles.push(`${test.fullTitle()} (never began)`);
  });
  return titles;
}

/**
 * Mocha's own Spec, followed by `summary`. With SEED the tests run shuffled. With OUTCOME_FILE the outcome goes there
 * as JSON instead, for run.ts, which adds up several processes.
 */
export default class SummaryReporter extends Mocha.reporters.Spec {
  private readonly skipped: string[] = [];
  private readonly failed: string[] = [];
  private readonly isPartial: boolean;
  private readonly seed = process.env.SEED ?? null;

  constructor(runner: Runner, options?: MochaOptions) {
    super(runner, options);
    this.isPartial = options?.grep !== undefined;
    // The reporter is the one part of mocha that gets hold of all suites before they run.
    excludeTests(runner.suite, excludedTitles);
    if (this.seed !== null) shuffleSuite(runner.suite, this.seed);
    runner.on('pending', (test: Test) => this.skipped.push(test.fullTitle()));
    runner.on('fail', (test: Test) => this.failed.push(test.fullTitle()));
  }

  /** Mocha calls it after the global teardown, so nothing of the run can be printed later. */
  override done(failures: number, exit?: (failures: number) => void): void {
    const { passes: passed, failures: failed } = this.stats;
    const skipped = [...this.skipped, ...(this.isPartial ? [] : neverBegan(this.runner.suite))];
    // Imported late, as the tests do: mocha loads this file with another loader, which would make a second map.
    void Promise.all([import('./opened-stores.ts'), import('./log-lines.ts')]).then(([used, log]) => {
      const [stores, events] = [used.storesUsed(), log.seenEvents()];
      const outcome = { passed, failed, failures: this.failed, skipped, stores, events, seed: this.seed };
      if (process.env.OUTCOME_FILE) writeFileSync(process.env.OUTCOME_FILE, JSON.stringify(outcome));
      else process.stdout.write(summary(outcome));
      exit?.(failures);
    });
  }
}
