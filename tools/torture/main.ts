import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cleanUpAll, createCleanup } from './harness/cleanup.ts';
import { runToEnd } from './harness/process.ts';
import { createReport, type Outcome, printHead, printTable, printVerdict } from './harness/report.ts';
import type { Scenario } from './harness/scenario.ts';
import { scenarios } from './scenarios.ts';

const usage = `npm run torture [-- scenario ...] [--seconds n] [--quick] [--no-build] [--keep]\nscenarios: ${scenarios.map(({ name }) => name).join(', ')}\n`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string' },
    quick: { type: 'boolean', default: false },
    'no-build': { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

function chosen(): Scenario[] {
  const unknown = positionals.filter((name) => !scenarios.some((scenario) => scenario.name === name));
  if (values.help || unknown.length > 0) {
    process.stdout.write(unknown.length > 0 ? `unknown: ${unknown.join(', ')}\n${usage}` : usage);
    process.exit(unknown.length > 0 ? 2 : 0);
  }
  return scenarios.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
}

/** A scenario that throws has failed. The next one still runs. */
async function runOne({ name, claim, run }: Scenario): Promise<Outcome> {
  printHead(name, claim);
  const folder = mkdtempSync(join(tmpdir(), `torture-${name}-`));
  const cleanup = createCleanup();
  cleanup.add(() => {
    if (values.keep) process.stdout.write(`    logs: ${folder}\n`);
    else rmSync(folder, { recursive: true, force: true });
  });
  const report = createReport();
  const start = performance.now();
  try {
    const seconds = values.seconds ? Number(values.seconds) : null;
    await run({ report, folder, cleanup, quick: values.quick, seconds });
  } catch (error) {
    report.check(
      'runs to its end',
      false,
      error instanceof Error ? (error.stack ?? error.message) : String(error),
    );
  } finally {
    await cleanup.run();
  }
  const seconds = Math.round((performance.now() - start) / 1000);
  const outcome = { name, passed: report.passed(), seconds, failures: report.failures() };
  printVerdict(outcome);
  return outcome;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void cleanUpAll().finally(() => process.exit(130)));
}

const selected = chosen();
if (!values['no-build']) {
  await runToEnd(['npm', 'run', '--silent', 'build'], {
    logFile: join(tmpdir(), `torture-build-${process.pid}.log`),
  });
}
process.stdout.write(
  `${cpus().length} cores, load average ${loadavg()
    .map((load) => load.toFixed(1))
    .join(' ')}\n`,
);
const outcomes: Outcome[] = [];
for (const scenario of selected) outcomes.push(await runOne(scenario));
printTable(outcomes);
process.exit(outcomes.every(({ passed }) => passed) ? 0 : 1);
