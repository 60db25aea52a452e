import type { Command } from 'commander';
import type { CommandContext } from './command-context.ts';

export function addMigrateCommand(program: Command, { open }: CommandContext): void {
  program
    .command('migrate')
    .description('apply the missing migrations to the database')
    .action(async () => {
      const { config, log } = await open('migrate');
      const { migrateCommand } = await import('./migrate.ts');
      await migrateCommand(config, log);
    });
}
