import type { Command } from 'commander';
import { loadEnvironmentFile } from './command-context.ts';

export function addHealthCommand(program: Command): void {
  program
    .command('health')
    .description('exit with 0 if the service on this machine is live (a health check for containers)')
    .action(async () => {
      const { healthCommand, healthTarget } = await import('./health.ts');
      loadEnvironmentFile();
      await healthCommand(healthTarget(process.env), process.env.HOST);
    });
}
