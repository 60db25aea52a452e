import type { Command } from 'commander';
import type { CommandContext } from './command-context.ts';

export function addPurgeCommand(program: Command, { open }: CommandContext): void {
  program
    .command('purge')
    .description('delete old login history and audit log, expired sessions and expired reset tokens')
    .option('--keep-months <n>', 'months of login history to keep before the current one', Number, 13)
    .option('--keep-audit-months <n>', 'months of the audit log to keep before the current one', Number, 24)
    .action(async ({ keepMonths, keepAuditMonths }) => {
      const { config, log } = await open('purge');
      const { purgeCommand } = await import('./purge.ts');
      await purgeCommand(config, log, { loginHistory: keepMonths, auditLog: keepAuditMonths });
    });
}
