import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventSpecs } from '../../tools/docs/log-schema.ts';
import { shuffled } from './shuffle.ts';
import { split } from './split.ts';
import { type Outcome, summary } from './summary-reporter.ts';
import { unseenEvents } from './unseen-events.ts';

// npm test [-- files or folders] [-- mocha's options]
//
//   npm test                              everything, in seven processes side by side
//   npm test -- test/features/login       one feature
//   SEED=123 npm test                     in the order of an earlier run, whose last lines tell its seed
//
// The last lines name every failed and every skipped test, the stores that were exercised, the seed and the counts.

/** Files for which it pays off to start further processes. */
const filesWorthMoreProcesses = 20;

const seed = process.env.SEED ?? String(randomInt(2 ** 31));
const given = process.argv.slice(2);
const firstOption = given.findIndex((argument) => argument.startsWith('-'));
const paths = firstOption < 0 ? given : given.slice(0, firstOption);
const options = firstOption < 0 ? [] : given.slice(firstOption);

function testFiles(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join(path, name))
    .sort();
}

interface Part {
  readonly status: number;
  readonly outcome: Outcome | null;
}

/** Runs mocha on some files. `show` false keeps its output back until it has ended. */
function runPart(files: readonly string[], outcomeFile: string, show: boolean): Promise<Part> {
  const child = spawn('node_modules/.bin/mocha', [...files, ...options], {
    env: { ...process.env, SEED: seed, OUTCOME_FILE: outcomeFile },
    stdio: ['ignore', show ? 'inherit' : 'pipe', 'inherit'],
  });
  const chunks: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve) => {
    child.once('close', (status) => {
      process.stdout.write(Buffer.concat(chunks));
      resolve({ status: status ?? 1, outcome: readOutcome(outcomeFile) });
    });
  });
}

/** Null for a run that ended before it had one: it has failed, whatever its exit status says. */
function readOutcome(file: string): Outcome | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

function merge(parts: readonly Part[]): Outcome {
  const outcomes = parts.flatMap(({ outcome }) => outcome ?? []);
  const sum = (of: (outcome: Outcome) => number): number =>
    outcomes.reduce((total, each) => total + of(each), 0);
  return {
    passed: sum(({ passed }) => passed),
    failed: sum(({ failed }) => failed) + (parts.length - outcomes.length),
    failures: outcomes.flatMap(({ failures }) => failures),
    skipped: outcomes.flatMap(({ skipped }) => skipped),
    stores: [...new Set(outcomes.flatMap(({ stores }) => stores))].sort(),
    events: outcomes.flatMap(({ events = [] }) => events),
    seed,
  };
}

/** A whole run on real stores fails if the log has an event of which no test has compared a line with the schema. */
function withUnseenEvents(outcome: Outcome): Outcome {
  const { events = [], failed, failures, stores } = outcome;
  const all = eventSpecs.map(([name]) => name);
  const unseen = stores.some((store) => store === 'real (Postgres, Redis)') ? unseenEvents(all, events) : [];
  if (unseen.length === 0) return outcome;
  const failure = `a test for each event of the log: no line was compared with the schema of ${unseen.join(', ')}`;
  return { ...outcome, failed: failed + 1, failures: [...failures, failure] };
}

const files = shuffled((paths.length > 0 ? paths : ['test']).flatMap(testFiles), seed, 'files');
const isSplit = files.length >= filesWorthMoreProcesses;
if (isSplit) {
  // Otherwise two processes would initialize a Postgres at the same time.
  const { initializedDataDir } = await import('./data-dir.ts');
  rmSync(await initializedDataDir(), { recursive: true });
}
const folder = mkdtempSync(join(tmpdir(), 'auth-tests-'));
const shares = isSplit ? split(files) : [files];
const parts = await Promise.all(
  shares.map((share, index) => runPart(share, join(folder, `${index}.json`), index === 0)),
);
rmSync(folder, { recursive: true });
if (parts.some(({ outcome }) => outcome === null)) process.stderr.write('a run ended before its summary\n');
const merged = merge(parts);
const outcome = given.length === 0 ? withUnseenEvents(merged) : merged;
const text = summary(outcome);
if (process.env.SUMMARY_FILE) writeFileSync(process.env.SUMMARY_FILE, text);
process.stdout.write(text);
process.exitCode = Math.min(
  1,
  parts.reduce((worst, { status, outcome: ofPart }) => Math.max(worst, ofPart ? status : 1), outcome.failed),
);
