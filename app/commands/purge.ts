import { type Config, ConfigError } from '../config/config.ts';
import { purge, type Retention } from '../jobs/purge.ts';
import type { Logger } from '../observe/log.ts';
import { withStore } from '../open-stores.ts';

/** Ten years. A mistyped number must not reach Postgres, which would use the least number instead. */
const maxMonths = 120;
/** Postgres keeps this many months in any case (migrations/0007_audit_log_partitions.sql). */
const minAuditMonths = 12;

function checkMonths(option: string, months: number, min: number): string[] {
  const isValid = Number.isInteger(months) && months >= min && months <= maxMonths;
  return isValid ? [] : [`${option} must be a whole number from ${min} to ${maxMonths}`];
}

/** @throws ConfigError when a number of months is invalid */
export async function purgeCommand(config: Config, log: Logger, keepMonths: Retention): Promise<void> {
  const faults = [
    ...checkMonths('--keep-months', keepMonths.loginHistory, 1),
    ...checkMonths('--keep-audit-months', keepMonths.auditLog, minAuditMonths),
  ];
  if (faults.length > 0) throw new ConfigError(faults);
  await withStore(config, log, (store) => purge(store, log, keepMonths));
}
