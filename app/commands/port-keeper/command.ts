import type { Command } from 'commander';

export function addKeepPortCommand(program: Command): void {
  program
    .command('keep-port')
    .summary('keep the port of a service open while it restarts')
    .description(
      'Runs beside a service on the same network address until SIGTERM or SIGINT. While the service is away, it accepts connections, which wait for the next start of the service.',
    )
    .action(async () => {
      const { keepPort } = await import('./keep-port.ts');
      await keepPort();
    });
}
