import type { Command } from 'commander';
import { type CommandContext, withJson } from './command-context.ts';

export function addMigrateCommand(program: Command, { open, report }: CommandContext): void {
  withJson(program.command('migrate'))
    .summary('apply the missing migrations to the database')
    .description(
      'Applies the missing migrations to the database, and grants the role of the service what it needs. Several processes may run it at once.',
    )
    .addHelpText(
      'after',
      '\nIt connects with DB_MIGRATION_URL, or without it with DB_PRIMARY_DB_URL.\n\nExample:\n  auth-service migrate',
    )
    .action(async (options) => {
      const { config, log } = await open('migrate');
      const { migrateCommand } = await import('./migrate.ts');
      const { alreadyApplied, applied, unknown } = await migrateCommand(config, log);
      if (options.json) report(options, { applied, already_applied: alreadyApplied, unknown }, []);
    });
}
