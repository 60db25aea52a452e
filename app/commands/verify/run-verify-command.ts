import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { hasFailed } from '../checks/check.ts';
import { formatOf } from '../checks/options.ts';
import { createListReport, createReport } from '../checks/reports/report.ts';
import { selectChecks } from '../checks/selection.ts';
import { type CommandContext, CommandFailed } from '../command-context.ts';
import { nextStopSignal } from '../stop-signal.ts';
import { cleanUp } from './account/clean-up.ts';
import { createStateFolder, defaultStateFolder, type StateFolder } from './account/state-folder.ts';
import { publicChecks } from './checks/public-checks.ts';
import { createHttpClient } from './http/client.ts';
import { createTarget, type Target } from './http/target.ts';
import type { VerifyCommandOptions, VerifyOptions } from './options.ts';
import { createPrivateChecks } from './private-checks.ts';
import { maxRequests, requestTimeout, type Verified, verifyDeployment } from './verify.ts';

const optionsOf = (options: VerifyCommandOptions): VerifyOptions => ({
  isReadOnly: options.readOnly ?? false,
  expectedVersion: options.expectVersion,
  expectedEnvironment: options.expectEnvironment,
  expectedIssuer: options.expectIssuer,
  origin: options.origin,
  demandsPrivateDocs: options.privateDocs ?? false,
  maxMedian: options.maxMedian,
  maxSlowest: options.maxSlowest,
});

async function targetOf(url: URL, { ca, insecure, resolve: addresses }: VerifyCommandOptions) {
  return createTarget(url, {
    ...(addresses && { addresses }),
    ca: ca === undefined ? undefined : await readFile(ca, 'utf8'),
    isInsecure: insecure ?? false,
  });
}

/** `--cleanup` @throws CommandFailed when an account is left */
async function cleanUpLeftovers(
  context: CommandContext,
  target: Target,
  stateFolder: StateFolder,
  json: boolean,
): Promise<void> {
  const http = createHttpClient(target, { maxRequests, timeout: requestTimeout });
  try {
    const { absent, deleted, left } = await cleanUp(http, stateFolder, target.url.origin);
    const lines = [
      ...deleted.map((email) => `deleted: ${email}`),
      ...absent.map((email) => `did not exist: ${email}`),
      ...left.map(({ email, reason }) => `left: ${email} (${reason})`),
    ];
    context.report({ json }, { deleted, absent, left }, lines.length > 0 ? lines : ['nothing is left']);
    if (left.length > 0) throw new CommandFailed();
  } finally {
    http.close();
  }
}

function report(context: CommandContext, options: VerifyCommandOptions, verified: Verified): void {
  const format = formatOf(options);
  const { json, lines, result } = createReport('verify', format, verified.outcomes);
  const { leftover } = verified;
  const note = `The account ${leftover} is left. Run the command again with --cleanup.`;
  const isForReaders = format === 'table' || format === 'short';
  context.report(
    { json },
    { ...result, leftover_account: leftover },
    leftover && isForReaders ? [...lines, note] : lines,
  );
}

/**
 * @throws CommandFailed after the report, when a check failed, the run was interrupted or an account is left
 * @throws UsageError for an id that no check has
 */
export async function runVerifyCommand(
  context: CommandContext,
  url: URL,
  options: VerifyCommandOptions,
): Promise<void> {
  const inner = createPrivateChecks(context, options);
  const checks = selectChecks([...publicChecks, ...inner.checks], options);
  if (options.list) {
    const { json, lines, result } = createListReport(formatOf(options), checks);
    context.report({ json }, result, lines);
    return;
  }
  const target = await targetOf(url, options);
  const stateFolder = createStateFolder(resolve(options.stateDir ?? defaultStateFolder(process.env)));
  if (options.cleanup) return cleanUpLeftovers(context, target, stateFolder, formatOf(options) === 'json');
  const interruption = new AbortController();
  void nextStopSignal().then(() => interruption.abort());
  const verified = await verifyDeployment({
    target,
    checks,
    options: optionsOf(options),
    stateFolder,
    wait: options.wait,
    signal: interruption.signal,
  }).finally(inner.close);
  report(context, options, verified);
  if (hasFailed(verified.outcomes) || interruption.signal.aborted || verified.leftover !== null)
    throw new CommandFailed();
}
