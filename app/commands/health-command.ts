import type { Command } from 'commander';
import { type CommandContext, withJson } from './command-context.ts';
import { loadEnvironmentFile } from './environment-file.ts';

export function addHealthCommand(program: Command, { report }: CommandContext): void {
  withJson(program.command('health'))
    .summary('ask whether the service on this machine is live')
    .description(
      'Asks whether the service on this machine is live, and exits with 0 if it is: a health check for containers without curl.',
    )
    .action(async (options) => {
      const { healthCommand, healthTarget } = await import('./health.ts');
      loadEnvironmentFile();
      await healthCommand(healthTarget(process.env), process.env.HOST);
      if (options.json) report(options, { status: 'live' }, []);
    });
}
