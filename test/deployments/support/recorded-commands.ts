import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Block } from './page.ts';

/** A command as bash would have started it: the program and its arguments. */
export interface Recorded {
  readonly program: string;
  readonly args: readonly string[];
}

/**
 * A stand-in reads its input, because the program before it in a pipe would fail otherwise. It creates the file of `-out`, which
 * later commands may read or delete.
 */
const standIn = `record() {
  printf '%s\\x1f' "$@" >> "$RECORD"
  printf '\\x1e' >> "$RECORD"
  cat > /dev/null
  local argument last=
  for argument in "$@"; do
    if [ "$last" = -out ]; then : > "$argument"; fi
    last=$argument
  done
  echo "$ANSWER"
}`;

const [fieldEnd, commandEnd] = ['\x1f', '\x1e'];

/**
 * Runs the blocks of a page in one bash, which ends at the first error and at each variable without a value. The named programs
 * are stand-ins that record their arguments and print `answer`. Every other program is the real one.
 * @returns the recorded commands in order
 * @throws Error with what bash wrote, if a block fails
 */
export function recordCommands(
  blocks: readonly Block[],
  { answer, programs }: { readonly answer: string; readonly programs: readonly string[] },
): Recorded[] {
  const folder = mkdtempSync(join(tmpdir(), 'page-'));
  try {
    const record = join(folder, 'record');
    writeFileSync(record, '');
    const prelude = [standIn, ...programs.map((program) => `${program}() { record ${program} "$@"; }`)];
    const script = [...prelude, ...blocks.map(({ text }) => text)].join('\n');
    const { status, stderr } = spawnSync('bash', ['--norc', '-euo', 'pipefail', '-c', script], {
      cwd: folder,
      env: { PATH: process.env.PATH, RECORD: record, ANSWER: answer },
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`the commands of the page end with ${status}: ${stderr}`);
    const commands = readFileSync(record, 'utf8').split(commandEnd).slice(0, -1);
    return commands.map((command) => {
      const [program = '', ...args] = command.split(fieldEnd).slice(0, -1);
      return { program, args };
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The value of an option in both of its forms, `--name=value` and `--name value`; undefined without the option. */
export function option({ args }: Recorded, name: string): string | undefined {
  const at = args.findIndex((arg) => arg === `--${name}` || arg.startsWith(`--${name}=`));
  if (at < 0) return undefined;
  const [, joined] = args[at]?.split(/=(.*)/s) ?? [];
  return joined ?? args[at + 1];
}

/** The commands of a program that begin with these words. */
export const commandsOf = (commands: readonly Recorded[], program: string, ...words: string[]): Recorded[] =>
  commands.filter((one) => one.program === program && words.every((word, at) => one.args[at] === word));
