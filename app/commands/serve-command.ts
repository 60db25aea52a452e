import type { Command } from 'commander';
import type { CommandContext } from './command-context.ts';
import { nextStopSignal } from './stop-signal.ts';
import { addSupervisionOptions, type SupervisionOptions, supervisionOf } from './supervision.ts';

interface ServeCommandOptions extends SupervisionOptions {
  readonly supervise?: boolean;
}

/** Runs this program a second time, which serves, and waits for its end. @returns the exit status */
async function superviseService(): Promise<number> {
  const { supervise } = await import('./supervisor/supervise.ts');
  const [, entry = ''] = process.argv;
  return supervise({ options: process.execArgv, entry });
}

export function addServeCommand(program: Command, { open, version }: CommandContext): void {
  const command = program
    .command('serve')
    .summary('serve the API until SIGTERM or SIGINT (without a command)')
    .description('Serves the API until SIGTERM or SIGINT. It runs as well if no command is named.')
    .option(
      '--supervise',
      'serve in a child process, and start it again if it ends by itself, while this process keeps the ports open',
    );
  addSupervisionOptions(command).action(async (options: ServeCommandOptions) => {
    if (options.supervise) process.exit(await superviseService());
    const stopSignal = nextStopSignal();
    const supervision = supervisionOf(options);
    const { config, log } = await open('serve');
    // ASVS 16.5.4: an uncaught error ends the process, because its state is unknown, and is logged first.
    process.once('uncaughtException', (error) => {
      log.fatal({ event: 'crashed', err: error }, 'the process ends because of an uncaught error');
      process.exit(1);
    });
    const { serveCommand } = await import('./serve.ts');
    await serveCommand(config, log, version, stopSignal, supervision);
    // A socket to a server that does not answer must not keep the process running.
    process.exit(0);
  });
}
