import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { addBackupCommand, addRestoreCommand } from '../../app/commands/backup/command.ts';
import { type CommandName, parseConfig } from '../../app/config/config.ts';
import { type Environment, realFiles } from '../../app/config/reader.ts';
import { machine } from './configuration.ts';
import { silentLog } from './stores.ts';

/** Whether the programs of Postgres that make and restore dumps are installed. */
export const hasDumpPrograms = ['pg_dump', 'pg_restore'].every((name) =>
  (process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, name))),
);

/** The title of a suite. Where a program is missing, it names the package. */
export const needsDumpPrograms = (title: string): string =>
  hasDumpPrograms ? title : `${title} (needs pg_dump, of the Debian package postgresql-client)`;

export interface CommandRun {
  // biome-ignore lint/suspicious/noExplicitAny: tests look into results whose form they check
  readonly result: any;
  readonly lines: readonly string[];
}

/** Runs `auth-service backup …` or `auth-service restore …` in this process, with an environment of its own. */
export async function runCommand(args: readonly string[], env: Environment = {}): Promise<CommandRun> {
  const runs: CommandRun[] = [];
  const program = new Command('auth-service').exitOverride().enablePositionalOptions();
  const context = {
    version: '9.9.9',
    open: async (command: CommandName) => ({
      config: parseConfig({ ENV: 'test', ...env }, machine, realFiles, command),
      log: silentLog,
    }),
    report: (_options: object, result: object, lines: readonly string[]) => void runs.push({ result, lines }),
  };
  addBackupCommand(program, context);
  addRestoreCommand(program, context);
  for (const command of [program, ...program.commands])
    command.exitOverride().configureOutput({ writeErr: () => undefined });
  await program.parseAsync([...args], { from: 'user' });
  const [run] = runs;
  if (!run) throw new Error(`${args.join(' ')} reported nothing`);
  return run;
}

/** The message with which the command fails. */
export async function faultOf(args: readonly string[], env: Environment = {}): Promise<string> {
  try {
    await runCommand(args, env);
  } catch (error) {
    if (error instanceof Error) return error.message;
    throw error;
  }
  throw new Error(`${args.join(' ')} was not refused`);
}

/** A folder for the backups and keys of one suite. Call `remove` at its end. */
export function createBackupFolder() {
  const root = mkdtempSync(join(tmpdir(), 'auth-backups-'));
  return {
    root,
    target: join(root, 'target'),
    /** A new key file. */
    keyFile(): string {
      const path = join(root, `key-${randomBytes(6).toString('hex')}`);
      writeFileSync(path, `${randomBytes(48).toString('base64')}\n`, { mode: 0o600 });
      return path;
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
