import type { Command } from 'commander';
import { type CommandContext, UsageError } from '../command-context.ts';
import { collect, collectKeyIds, parseCount } from './options.ts';
import type { Report } from './report.ts';

interface BackupOptions {
  readonly to?: string;
  readonly ageRecipient: readonly string[];
  readonly gpgRecipient: readonly string[];
  readonly keyFile?: string;
  readonly unencrypted: boolean;
  readonly keep?: number;
  readonly keepDays?: number;
  readonly json?: boolean;
}

interface RestoreOptions {
  readonly from?: string;
  readonly afterSnapshot: boolean;
  readonly ageIdentity?: string;
  readonly keyFile?: string;
  readonly unauthenticated: boolean;
  readonly replace: boolean;
  readonly drill: boolean;
  readonly alsoRevoke: readonly string[];
  readonly json?: boolean;
}

/** @throws UsageError if `choose` throws */
function orUsage<T>(choose: () => T): T {
  try {
    return choose();
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

const targetHelp = 'a folder, or rclone:REMOTE:PATH for a bucket';

async function runBackup(options: BackupOptions, context: CommandContext): Promise<Report> {
  const { makeBackup } = await import('./backup.ts');
  const { chooseEncryption } = await import('./encryption.ts');
  const { readKeyFile } = await import('./key-file.ts');
  const { reportBackup } = await import('./report.ts');
  const { openTarget } = await import('./targets/open-target.ts');
  if (options.to === undefined) throw new UsageError('--to is required');
  const { config, log } = await context.open('backup');
  const keyFile = options.keyFile === undefined ? undefined : readKeyFile(options.keyFile);
  const { ageRecipient: ageRecipients, gpgRecipient: gpgRecipients, unencrypted: isUnencrypted } = options;
  const chosen = { ageRecipients, gpgRecipients, keyFile, isUnencrypted };
  const encryption = orUsage(() => chooseEncryption(chosen));
  const target = openTarget(options.to);
  const start = performance.now();
  const { manifest, removed } = await makeBackup({
    ...{ config, log, keyFile, target, encryption, serviceVersion: context.version },
    retention: { keep: options.keep, keepDays: options.keepDays },
  });
  return reportBackup(manifest, removed, performance.now() - start);
}

/** Adds `auth-service backup` and `auth-service backup list`. */
export function addBackupCommand(program: Command, context: CommandContext): void {
  const backup = program
    .command('backup')
    .summary('write an encrypted backup of the database')
    .description(
      'Writes an encrypted backup of the database to a folder or a bucket. It contains no session, no reset token and no secret of the service.',
    )
    .option('--to <target>', targetHelp)
    .option('--age-recipient <recipient>', 'encrypt for this public key of age (repeatable)', collect, [])
    .option('--gpg-recipient <recipient>', 'encrypt for this key of gpg (repeatable)', collect, [])
    .option(
      '--key-file <file>',
      'file with a long random secret: authenticates the backup, and encrypts it if there is no recipient',
    )
    .option('--unencrypted', 'do not encrypt the backup', false)
    .option('--keep <n>', 'remove older backups but the newest n', parseCount)
    .option(
      '--keep-days <n>',
      'remove backups older than n days; with --keep, a backup stays if either keeps it',
      parseCount,
    )
    .option('--json', 'write the manifest of the backup as JSON')
    .action(async (options: BackupOptions) => {
      const { result, lines } = await runBackup(options, context);
      context.report(options, result, lines);
    });
  backup
    .command('list')
    .summary('show the backups in a target')
    .description('Shows the backups in a target, newest first, incomplete ones too.')
    .requiredOption('--from <target>', targetHelp)
    .option('--json', 'write the list as JSON')
    .action(async (options: { readonly from: string; readonly json?: boolean }) => {
      const { listBackups } = await import('./catalogue.ts');
      const { reportList } = await import('./report.ts');
      const { openTarget } = await import('./targets/open-target.ts');
      const { result, lines } = reportList(await listBackups(openTarget(options.from)));
      context.report(options, result, lines);
    });
}

async function openRestore(from: string, name: string | undefined, options: RestoreOptions) {
  const { findBackup } = await import('./catalogue.ts');
  const { chooseDecryption } = await import('./encryption.ts');
  const { readAgeIdentities, readKeyFile } = await import('./key-file.ts');
  const { checkAuthenticity } = await import('./manifest.ts');
  const { openTarget } = await import('./targets/open-target.ts');
  const keyFile = options.keyFile === undefined ? undefined : readKeyFile(options.keyFile);
  const ageIdentities = options.ageIdentity === undefined ? [] : readAgeIdentities(options.ageIdentity);
  const target = openTarget(from);
  const found = await findBackup(target, name);
  checkAuthenticity(found, { keyFile, isUnauthenticated: options.unauthenticated });
  const { manifest } = found;
  const decrypt = chooseDecryption(manifest.encryption, { keyFile, ageIdentities });
  return { target, manifest, decrypt, revokedKeys: options.alsoRevoke, isReplacing: options.replace };
}

async function runRestore(
  name: string | undefined,
  options: RestoreOptions,
  context: CommandContext,
): Promise<Report> {
  if (options.afterSnapshot) return runAfterSnapshot(options, context);
  if (options.from === undefined) throw new UsageError('--from or --after-snapshot is required');
  const { reportDrill, reportRestore } = await import('./report.ts');
  const { config, log } = await context.open('restore');
  const parts = { config, log, ...(await openRestore(options.from, name, options)) };
  const { manifest, revokedKeys } = parts;
  if (options.drill) {
    const { drill } = await import('./drill.ts');
    return reportDrill(manifest, await drill(parts, context.version));
  }
  const { restoreBackup } = await import('./restore.ts');
  const { remainingWork } = await import('./remaining-work.ts');
  const restored = await restoreBackup(parts);
  const span = { from: new Date(manifest.snapshot_at), to: new Date() };
  const remaining = remainingWork(span, { hasRevokedKeys: revokedKeys.length > 0 });
  return reportRestore(manifest, restored, remaining);
}

/** After a restore by the provider of the database. */
async function runAfterSnapshot({ alsoRevoke }: RestoreOptions, context: CommandContext): Promise<Report> {
  const { endEverything } = await import('./after-snapshot.ts');
  const { remainingWork } = await import('./remaining-work.ts');
  const { reportAfterSnapshot } = await import('./report.ts');
  const { config, log } = await context.open('restore');
  const result = await endEverything(config, log, alsoRevoke);
  const span = { from: result.lastActivity, to: new Date() };
  return reportAfterSnapshot(result, remainingWork(span, { hasRevokedKeys: alsoRevoke.length > 0 }));
}

/** Adds `auth-service restore`. */
export function addRestoreCommand(program: Command, context: CommandContext): void {
  program
    .command('restore')
    .argument('[name]', 'a name that backup list shows; otherwise the newest complete backup')
    .summary('restore a backup into an empty database')
    .description(
      'Restores a backup into an empty database, and applies missing migrations. Everybody has to log in again afterwards.',
    )
    .option('--from <target>', targetHelp)
    .option('--key-file <file>', 'the key file with which the backup was made')
    .option('--age-identity <file>', 'file of age-keygen that can decrypt the backup')
    .option('--unauthenticated', 'accept a backup that was made without a key file', false)
    .option(
      '--replace',
      'delete everything in the schema public of the database, if the restore succeeds',
      false,
    )
    .option(
      '--also-revoke <kid>',
      'signing key that was revoked after the backup (repeatable)',
      collectKeyIds,
      [],
    )
    .option('--drill', 'restore into a new database on the same server, log in, and drop the database', false)
    .option(
      '--after-snapshot',
      'restore nothing: the provider has restored the database, and sessions, reset tokens and secrets in it must end',
      false,
    )
    .option('--json', 'write the result as JSON')
    .action(async (name: string | undefined, options: RestoreOptions) => {
      const { result, lines } = await runRestore(name, options, context);
      context.report(options, result, lines);
    });
}
