import type { Command } from 'commander';
import { type CommandContext, withJson } from './command-context.ts';
import { wholeNumber } from './option-formats.ts';

/** Ten years. A mistyped number must not reach Postgres, which would use the least number instead. */
const maxMonths = 120;
/** Postgres keeps this many months in any case (migrations/0007_audit_log_partitions.sql). */
const minAuditMonths = 12;

export function addPurgeCommand(program: Command, { open, report }: CommandContext): void {
  withJson(program.command('purge'))
    .summary('delete what is old or expired')
    .description(
      'Deletes old login history and audit log, expired sessions and expired reset tokens, and creates the partitions of the coming months. Run it once a day.',
    )
    .option(
      '--keep-months <n>',
      'months of login history to keep before the current one',
      wholeNumber(1, maxMonths),
      13,
    )
    .option(
      '--keep-audit-months <n>',
      'months of the audit log to keep before the current one',
      wholeNumber(minAuditMonths, maxMonths),
      24,
    )
    .addHelpText('after', '\nExample:\n  auth-service purge --keep-months 6')
    .action(async ({ keepMonths, keepAuditMonths, ...options }) => {
      const { config, log } = await open('purge');
      const { purgeCommand } = await import('./purge.ts');
      const keep = { loginHistory: keepMonths, auditLog: keepAuditMonths };
      const result = await purgeCommand(config, log, keep);
      if (options.json) report(options, result, []);
    });
}
