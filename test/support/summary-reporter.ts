import { writeFileSync } from 'node:fs';
import Mocha, { type MochaOptions, type Runner, type Suite, type Test } from 'mocha';

interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly string[];
  readonly stores: readonly string[];
}

/** What ends a run: every skipped test by its full name, the stores that were exercised, the counts. */
export function summary({ passed, failed, skipped, stores }: Outcome): string {
  return [
    ...skipped.map((title) => `skipped: ${title}`),
    ...(stores.length > 0 ? stores : ['none']).map((store) => `stores: ${store}`),
    `tests: ${passed} passed, ${failed} failed, ${skipped.length} skipped`,
    '',
  ].join('\n');
}

/** The tests that never began, since a hook failed or the run was broken off; mocha passes over them in silence. */
function neverBegan(root: Suite): string[] {
  const titles: string[] = [];
  root.eachTest((test) => {
    if (!test.state && !test.isPending()) titles.push(`${test.fullTitle()} (never began)`);
  });
  return titles;
}

/** Imported late: a run that touches no store must not fail because the stores cannot be reached. */
async function storesUsed(): Promise<readonly string[]> {
  try {
    const stores = await import('./stores.ts');
    return stores.storesUsed();
  } catch (error) {
    return [`unknown (${error instanceof Error ? error.message : String(error)})`];
  }
}

/**
 * Mocha's own Spec, followed by `summary`. With SUMMARY_FILE the summary goes there instead, for a script that
 * prints something of its own (coverage) in between.
 */
export default class SummaryReporter extends Mocha.reporters.Spec {
  private readonly skipped: string[] = [];
  private readonly isPartial: boolean;

  constructor(runner: Runner, options?: MochaOptions) {
    super(runner, options);
    this.isPartial = options?.grep !== undefined;
    runner.on('pending', (test: Test) => this.skipped.push(test.fullTitle()));
  }

  /** Mocha calls it after the global teardown, so nothing of the run can be printed later. */
  override done(failures: number, exit?: (failures: number) => void): void {
    const { passes: passed, failures: failed } = this.stats;
    const skipped = [...this.skipped, ...(this.isPartial ? [] : neverBegan(this.runner.suite))];
    void storesUsed().then((stores) => {
      const text = summary({ passed, failed, skipped, stores });
      if (process.env.SUMMARY_FILE) writeFileSync(process.env.SUMMARY_FILE, text);
      else process.stdout.write(text);
      exit?.(failures);
    });
  }
}
