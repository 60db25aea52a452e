import type { Command } from 'commander';
import type { CommandContext } from './command-context.ts';
import { nextStopSignal } from './stop-signal.ts';

export function addServeCommand(program: Command, { open, version }: CommandContext): void {
  program
    .command('serve')
    .summary('serve the API until SIGTERM or SIGINT (without a command)')
    .description('Serves the API until SIGTERM or SIGINT. It runs as well if no command is named.')
    .action(async () => {
      const stopSignal = nextStopSignal();
      const { config, log } = await open('serve');
      // ASVS 16.5.4: an uncaught error ends the process, because its state is unknown, and is logged first.
      process.once('uncaughtException', (error) => {
        log.fatal({ event: 'crashed', err: error }, 'the process ends because of an uncaught error');
        process.exit(1);
      });
      const { serveCommand } = await import('./serve.ts');
      await serveCommand(config, log, version, stopSignal);
      // A socket to a server that does not answer must not keep the process running.
      process.exit(0);
    });
}
