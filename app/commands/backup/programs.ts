import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

/** Bytes of what a program writes to standard error that are kept for its error message. */
const maxMessage = 2_000;

export type Environment = Readonly<Record<string, string>>;

/** A program that runs, with its three streams. */
export interface RunningProgram {
  readonly child: ChildProcessWithoutNullStreams;
  /** Resolves when the program has ended with status 0. @throws Error with what it wrote to standard error */
  readonly finished: Promise<void>;
}

/** Where each program comes from, for the message about a missing one. */
const packages: Readonly<Record<string, string>> = {
  pg_dump: 'postgresql-client',
  pg_restore: 'postgresql-client',
  rclone: 'rclone',
  gpg: 'gpg',
};

function explainStart(program: string, error: NodeJS.ErrnoException): Error {
  if (error.code !== 'ENOENT') return new Error(`${program} cannot be started: ${error.message}`);
  const wayOut = `Use the image with the programs for backups (docker build --target backup), or install the package ${packages[program] ?? program}`;
  return new Error(`${program} is not installed. ${wayOut}.`);
}

/** Variables that every program may need: where it is, its home, its temporary files, and the proxies of rclone. */
const inherited = ['PATH', 'HOME', 'TMPDIR', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'] as const;

/** The environment of a program: the variables that it is given and no secret of the service. */
export const environmentOf = (variables: Environment): Environment => ({
  ...Object.fromEntries(
    inherited.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  ),
  LC_ALL: 'C',
  ...variables,
});

/** Starts a program. No argument may be a secret: every user of the machine can read arguments. */
export function startProgram(program: string, args: readonly string[], env: Environment): RunningProgram {
  const child = spawn(program, args, { env: environmentOf(env), stdio: 'pipe' });
  let message = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    message = (message + chunk).slice(-maxMessage);
  });
  const finished = new Promise<void>((resolve, reject) => {
    child.once('error', (error) => reject(explainStart(program, error)));
    child.once('close', (status, signal) => {
      if (status === 0) resolve();
      else reject(new Error(`${program} ended with ${signal ?? `status ${status}`}: ${message.trim()}`));
    });
  });
  // The caller awaits it after the streams, and the program may fail before.
  finished.catch(() => undefined);
  // A program that ends early closes its input; `finished` has the reason.
  child.stdin.on('error', () => undefined);
  return { child, finished };
}

/** Runs a program without input. @returns what it wrote to standard output */
export async function readProgram(
  program: string,
  args: readonly string[],
  env: Environment = {},
): Promise<string> {
  const { child, finished } = startProgram(program, args, env);
  child.stdin.end();
  const output = await text(child.stdout);
  await finished;
  return output;
}

/** `pg_dump (PostgreSQL) 15.18 (Debian …)` → `15.18`. @throws Error when the program is missing */
export async function versionOf(program: 'pg_dump' | 'pg_restore'): Promise<string> {
  const output = await readProgram(program, ['--version']);
  const [, version] = /\(PostgreSQL\) (\d+(?:\.\d+|\w+\d+)?)/.exec(output) ?? [];
  if (!version) throw new Error(`${program} names no version: ${output.trim()}`);
  return version;
}
