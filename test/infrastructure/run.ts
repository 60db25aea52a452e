import { parseArgs } from 'node:util';
import { cleanUpAll } from '../../tools/torture/harness/cleanup.ts';
import { cells } from './cells.ts';
import { writeDocument } from './document.ts';
import { closingLines, line, type Result } from './result.ts';
import { furtherTests, runCell, runFurther } from './run-cell.ts';

// npm run test:infrastructure [-- names] [-- options]
//
//   npm run test:infrastructure                     every cell of the matrix, and then the further tests
//   npm run test:infrastructure -- redis-cluster    one cell, or one file of further tests
//   npm run test:infrastructure -- --list           the names
//   npm run test:infrastructure -- nginx --file test/http/edges.test.ts    some files of the suite
//   npm run test:infrastructure -- --write          writes the rows of cells that pass into docs/infrastructure.md
//
// The last lines name what has failed or was skipped, and have one line for each row. With CI=true, a row whose programs
// are missing has failed.

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    list: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    file: { type: 'string', multiple: true },
  },
});

const further = furtherTests();
const names = [...cells, ...further].map(({ name }) => name);

function exit(status: number, text: string): never {
  process.stdout.write(text);
  process.exit(status);
}

/** Ends everything that this run started. */
function stopOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => void cleanUpAll().finally(() => process.exit(130)));
  }
}

const show = (output: string): void => void process.stdout.write(output);

async function runAll(isChosen: (row: { name: string }) => boolean): Promise<Result[]> {
  const results: Result[] = [];
  const add = (result: Result): void => {
    results.push(result);
    process.stdout.write(`${line(result)}\n`);
  };
  for (const cell of cells.filter(isChosen)) add(await runCell(cell, show, values.file));
  if (!values.file) for (const tests of further.filter(isChosen)) add(await runFurther(tests, show));
  return results;
}

const unknown = positionals.filter((name) => !names.includes(name));
if (unknown.length > 0) exit(2, `unknown: ${unknown.join(', ')}\nnames: ${names.join(', ')}\n`);
if (values.write && values.file)
  exit(2, 'the table shows complete cells: --write and --file exclude each other\n');
if (values.list) exit(0, `${names.join('\n')}\n`);
stopOnSignals();
const results = await runAll(({ name }) => positionals.length === 0 || positionals.includes(name));
const closing = closingLines(results, process.env.CI === 'true');
if (values.write) writeDocument(results.filter(({ faults, notRun }) => faults.length + notRun.length === 0));
process.stdout.write(['', ...closing.lines, ...results.map(line), ''].join('\n'));
process.exitCode = closing.hasFailed ? 1 : 0;
