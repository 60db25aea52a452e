import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Cleanup, createCleanup } from '../../tools/torture/harness/cleanup.ts';
import { type Cell, cells, type Variables } from './cells.ts';
import { exceptionsOf } from './exceptions.ts';
import { endRuns, runMocha } from './mocha-run.ts';
import { addUp, type Result, unexplainedSkips, unusedExceptions } from './result.ts';

/** Milliseconds for the tests of one row. */
const deadline = 10 * 60_000;

/** Processes of mocha at the same time. The machine of CI has two cores. */
const processes = 2;

/** Every file with tests on real stores: the HTTP suite and the tests of the stores. */
function suiteFiles(): string[] {
  return readdirSync('test', { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(test|process)\.ts$/.test(name) && !name.startsWith('processes/'))
    .map((name) => join('test', name))
    .filter((file) => /^on(Each|One|Real)Store\(/m.test(readFileSync(file, 'utf8')))
    .sort();
}

/** A file of tests that start further servers themselves. */
export interface FurtherTests {
  readonly name: string;
  readonly file: string;
}

export function furtherTests(): FurtherTests[] {
  const folder = 'test/infrastructure';
  const ending = '.infra.ts';
  return readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .map((name) => ({ name: name.slice(0, -ending.length), file: join(folder, name) }));
}

interface Work {
  readonly name: string;
  readonly files: readonly string[];
  /** Some files need not contain the tests of the exceptions. */
  readonly isWholeSuite: boolean;
  /** How many processes share the files. */
  readonly shares: number;
  readonly variables: Variables;
  readonly show: (output: string) => void;
  readonly cleanup: Cleanup;
}

async function runFiles({ name, files, shares, variables, show, cleanup }: Omit<Work, 'isWholeSuite'>) {
  const folder = mkdtempSync(join(tmpdir(), 'auth-infrastructure-'));
  cleanup.add(() => rmSync(folder, { recursive: true }));
  // For an interrupted run.
  cleanup.add(endRuns);
  const runs = await Promise.all(
    Array.from({ length: shares }, (_, share) =>
      runMocha({
        files: files.filter((_file, index) => index % shares === share),
        variables: { ...variables, TEST_STORES: 'real' },
        folder,
        name: `${name}-${share + 1}`,
        deadline,
      }),
    ),
  );
  for (const { outcome, output } of runs) if (outcome.failed > 0) show(output);
  return addUp(runs.map(({ outcome }) => outcome));
}

const text = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Starts the servers of a cell, runs the suite on them, and stops them. Never rejects. */
async function run(
  { name, needs, start }: Cell,
  work: Omit<Work, 'variables' | 'name' | 'cleanup'>,
): Promise<Result> {
  const missing = needs.filter((need) => need.installed() === undefined).map(({ advice }) => advice);
  const versions = needs.flatMap((need) => need.installed() ?? []);
  const nothing = { name, versions, passed: 0, skipped: 0, seconds: 0, faults: [], notRun: missing };
  if (missing.length > 0) return nothing;
  const cleanup = createCleanup();
  const begin = performance.now();
  try {
    const exceptions = exceptionsOf(name);
    const excluded = JSON.stringify(exceptions.map(({ title }) => title));
    const variables = { ...(await start(cleanup)), TEST_EXCLUDED: excluded };
    const { passed, failures, skipped } = await runFiles({ ...work, name, variables, cleanup });
    const unused = work.isWholeSuite ? unusedExceptions(skipped, exceptions) : [];
    const faults = [...failures, ...unused];
    const seconds = (performance.now() - begin) / 1000;
    const notRun = unexplainedSkips(skipped, exceptions);
    return { ...nothing, passed, skipped: skipped.length, seconds, faults, notRun };
  } catch (error) {
    return { ...nothing, faults: [text(error)] };
  } finally {
    await cleanup.run();
  }
}

/** Runs the whole suite, or some of its files, in one cell. */
export function runCell(cell: Cell, show: Work['show'], some?: readonly string[]): Promise<Result> {
  const files = some ?? suiteFiles();
  return run(cell, { files, isWholeSuite: !some, shares: Math.min(processes, files.length), show });
}

/** Runs a file of further tests on the servers of the first cell. */
export async function runFurther({ name, file }: FurtherTests, show: Work['show']): Promise<Result> {
  const [plain] = cells;
  if (!plain) throw new Error('there is no first cell');
  return run({ ...plain, name }, { files: [file], isWholeSuite: false, shares: 1, show });
}
