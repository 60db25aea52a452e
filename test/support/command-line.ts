import { type Command, CommanderError } from 'commander';
import type { CommandContext } from '../../app/commands/command-context.ts';
import { buildProgram } from '../../app/commands/program.ts';

const context: CommandContext = {
  version: '0.0.0',
  open: () => Promise.reject(new Error('no command runs here')),
  report: () => undefined,
};

/** Every command below `command`, itself included. */
export const commandsOf = (command: Command): Command[] => [command, ...command.commands.flatMap(commandsOf)];

/** The program whose commands do nothing, and what it writes. */
export function idleProgram() {
  const program = buildProgram(context);
  const written = { out: '', err: '' };
  let reached: Command | undefined;
  for (const command of commandsOf(program)) {
    command.configureOutput({
      writeOut: (text) => {
        written.out += text;
      },
      writeErr: (text) => {
        written.err += text;
      },
    });
    // `keys` and `backup` have both an action and commands.
    if (command.commands.length === 0 || ['keys', 'backup'].includes(command.name()))
      command.action(() => {
        reached = command;
      });
  }
  return { program, written, reached: () => reached };
}

/**
 * Parses the arguments of a command line as the program does, and runs nothing.
 * @returns why the program would refuse them, or null; `--help` and `--version` are accepted
 */
export async function commandLineFault(args: readonly string[]): Promise<string | null> {
  const { program, written } = idleProgram();
  try {
    await program.parseAsync([...args], { from: 'user' });
    return null;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? null : written.err.trim();
  }
}
