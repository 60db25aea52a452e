import type { LoadResult } from './load/load.ts';

/** Thrown by a step that the cluster cannot run. The message says what is missing. */
export class StepSkipped extends Error {}

/** What a step writes while it runs. It passes if it made at least one check and no check failed. */
export interface Report {
  figure(name: string, value: string | number): void;
  check(claim: string, isTrue: boolean, detail?: string): void;
  /** A part of the step that the cluster cannot run. The other parts do. */
  skip(part: string, reason: string): void;
  /** The requests of a load, for the table at the end. */
  requests(phase: string, result: LoadResult): void;
}

interface Load {
  readonly phase: string;
  readonly sent: number;
  readonly lost: number;
}

export interface Outcome {
  readonly step: string;
  readonly verdict: 'passed' | 'failed' | 'skipped';
  readonly seconds: number;
  readonly figures: Readonly<Record<string, string | number>>;
  readonly loads: readonly Load[];
  readonly failures: readonly string[];
  readonly skipped: readonly string[];
}

type Say = (line: string) => void;

/** @param say prints one line */
export function createReport(step: string, say: Say) {
  const figures: Record<string, string | number> = {};
  const loads: Load[] = [];
  const failures: string[] = [];
  const skipped: string[] = [];
  let checks = 0;
  const report: Report = {
    figure(name, value) {
      figures[name] = value;
      say(`       ${name}: ${value}`);
    },
    check(claim, isTrue, detail = '') {
      checks += 1;
      const line = `${claim}${detail ? ` (${detail})` : ''}`;
      if (!isTrue) failures.push(line);
      say(`  ${isTrue ? 'ok  ' : 'FAIL'} ${line}`);
    },
    skip(part, reason) {
      skipped.push(`${part}: ${reason}`);
      say(`  skip ${part} (${reason})`);
    },
    requests(phase, { failures: lost, seconds, sent, slowest }) {
      loads.push({ phase, sent, lost: lost.length });
      const kinds = lost.map(({ connection, reason }) => `on a ${connection} connection: ${reason}`);
      say(
        `       ${phase}: lost ${lost.length} of ${sent} requests in ${seconds} s, slowest answer ${slowest} ms`,
      );
      for (const kind of new Set(kinds))
        say(`         ${kinds.filter((one) => one === kind).length} ${kind}`);
    },
  };
  return {
    ...report,
    /** @param seconds how long the step took */
    outcome(seconds: number, isSkipped = false): Outcome {
      const isPassed = checks > 0 && failures.length === 0;
      const verdict = isSkipped ? 'skipped' : isPassed ? 'passed' : 'failed';
      return { step, verdict, seconds, figures, loads, failures, skipped };
    },
  };
}

const verdicts = { passed: 'PASS', failed: 'FAIL', skipped: 'skip' } as const;

/** The lines at the end of a run: each step with its requests, then what failed and what was skipped, by name. */
export function summaryOf(outcomes: readonly Outcome[]): string[] {
  const width = Math.max(4, ...outcomes.map(({ step }) => step.length)) + 2;
  const rows = outcomes.map(({ loads, seconds, step, verdict }) => {
    const lost = loads.map((load) => `${load.phase}: ${load.lost} of ${load.sent}`);
    const row = `${step.padEnd(width)}${verdicts[verdict]}  ${String(seconds).padStart(7)}  ${lost.join('; ')}`;
    return row.trimEnd();
  });
  const named = (kind: 'failures' | 'skipped'): string[] =>
    outcomes.flatMap((outcome) =>
      outcome[kind].map((line) => `${kind === 'skipped' ? 'skipped' : 'failed'}: ${outcome.step}: ${line}`),
    );
  return [
    `${'step'.padEnd(width)}      seconds  requests lost`,
    ...rows,
    ...named('skipped'),
    ...named('failures'),
  ];
}
