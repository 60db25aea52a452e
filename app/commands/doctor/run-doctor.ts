import { createReadStream } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import type { Environment } from '../../config/config.ts';
import { hasFailed } from '../checks/check.ts';
import { formatOf } from '../checks/options.ts';
import { createListReport, createReport, type Report } from '../checks/reports/report.ts';
import { runChecks } from '../checks/run-checks.ts';
import { selectChecks } from '../checks/selection.ts';
import { type CommandContext, UsageError } from '../command-context.ts';
import { checksBeforeDeployment, doctorChecks } from './checks/doctor-checks.ts';
import type { DoctorCheck } from './checks/fault-check.ts';
import { createDoctorContext } from './doctor-context.ts';
import { explainLog } from './logs/explain-log.ts';
import { createLogReport, hasFailure } from './logs/log-report.ts';
import type { DoctorOptions } from './options.ts';
import { redacted } from './redaction.ts';

async function explain(
  options: DoctorOptions,
  file: string,
  write: (report: Report) => void,
): Promise<boolean> {
  const source = file === '-' ? process.stdin : createReadStream(file);
  const log = await explainLog(source).catch((error: NodeJS.ErrnoException) => {
    if (error.syscall === undefined) throw error;
    throw new UsageError(`the log cannot be read: ${error.message}`);
  });
  write(createLogReport(formatOf(options), log));
  return !hasFailure(log);
}

/** @throws UsageError for an id that no check has */
function select(options: DoctorOptions): DoctorCheck[] {
  try {
    return selectChecks(options.pre ? checksBeforeDeployment : doctorChecks, options);
  } catch (error) {
    throw error instanceof InvalidArgumentError ? new UsageError(error.message) : error;
  }
}

/**
 * Runs the checks that the options select, or explains a log, and reports.
 * @returns whether nothing has failed
 * @throws UsageError for an unknown id, and for a log that cannot be read
 */
export async function runDoctor(
  options: DoctorOptions,
  { report }: Pick<CommandContext, 'report'>,
  env: Environment,
): Promise<boolean> {
  const write = ({ json, result, lines }: Report): void => report({ json }, result, lines);
  const format = formatOf(options);
  if (options.fromLogs !== undefined) return explain(options, options.fromLogs, write);
  const checks = select(options);
  if (options.list) {
    write(createListReport(format, checks));
    return true;
  }
  const { replicas, publicUrl, wait } = options;
  const context = createDoctorContext({ env, replicas, publicUrl });
  try {
    const beforeRetry = (): boolean => {
      void context.forget();
      return true;
    };
    const outcomes = await runChecks(checks.map(redacted), context, { wait, beforeRetry });
    write(createReport('doctor', format, outcomes));
    return !hasFailed(outcomes);
  } finally {
    await context.close();
  }
}
