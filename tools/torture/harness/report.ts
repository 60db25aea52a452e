/** The results of a scenario. It passes if it made at least one check and no check failed. */
export interface Report {
  figure(name: string, value: string | number): void;
  check(claim: string, isTrue: boolean, detail?: string): void;
}

export interface Outcome {
  readonly name: string;
  readonly passed: boolean;
  readonly seconds: number;
  readonly failures: readonly string[];
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

export function createReport(): Report & { failures(): string[]; passed(): boolean } {
  const failed: string[] = [];
  let checks = 0;
  return {
    figure: (name, value) => say(`    ${name}: ${value}`),
    check(claim, isTrue, detail = '') {
      checks += 1;
      if (!isTrue) failed.push(claim);
      say(`  ${isTrue ? 'ok  ' : 'FAIL'} ${claim}${detail ? ` (${detail})` : ''}`);
    },
    failures: () => failed,
    passed: () => checks > 0 && failed.length === 0,
  };
}

export function printHead(name: string, claim: string): void {
  say(`\n== ${name}\n   ${claim}`);
}

export function printVerdict({ name, passed, seconds }: Outcome): void {
  say(`${passed ? 'PASS' : 'FAIL'} ${name} in ${seconds} s`);
}

export function printTable(outcomes: readonly Outcome[]): void {
  const width = Math.max(...outcomes.map(({ name }) => name.length));
  say(`\n${'scenario'.padEnd(width + 2)}verdict  seconds`);
  for (const { name, passed, seconds, failures } of outcomes) {
    say(`${name.padEnd(width + 2)}${passed ? 'PASS' : 'FAIL'}     ${seconds}`);
    for (const failure of failures) say(`${' '.repeat(width + 2)}- ${failure}`);
  }
}
