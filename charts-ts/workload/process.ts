import type { WorkloadValues } from '../values/schema-workload.ts';

type Image = WorkloadValues['image'] & {
  /** Replaces the registry in the repository, or precedes a repository without one. */
  readonly registry?: string | undefined;
};

/** As container runtimes do: the first part names a registry if it has a dot or a port, or is localhost. */
function inRegistry(repository: string, registry: string): string {
  const [first = '', ...rest] = repository.split('/');
  const hasRegistry = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  return `${registry}/${hasRegistry ? rest.join('/') : repository}`;
}

/** The image as a container runtime names it. The digest selects the image, and the tag shows the release. */
export function imageReference({ digest, registry, repository, tag }: Image): string {
  const path = registry ? inRegistry(repository, registry) : repository;
  return `${path}:${tag}${digest ? `@${digest}` : ''}`;
}

/** The arguments of the process that serves. */
export const serveArguments: readonly string[] = ['serve'];

/** The arguments of the port keeper, where the platform needs seconds to notice the end of a container. */
export const keepPortArguments: readonly string[] = ['keep-port'];

/** The arguments of the process that migrates the database. */
export const migrateArguments: readonly string[] = ['migrate'];

/** The arguments of the process that deletes expired rows. */
export function purgeArguments({ keepAuditMonths, keepMonths }: WorkloadValues['purge']): string[] {
  return ['purge', '--keep-months', `${keepMonths}`, '--keep-audit-months', `${keepAuditMonths}`];
}

/** ENTRYPOINT of the image, for platforms whose command replaces it. test/charts/targets compares it with the Dockerfile. */
export const entryPoint: readonly string[] = ['auth-service'];

/** HEALTHCHECK of the image, for platforms that do not know it from the image. */
export const healthCommand: readonly string[] = [...entryPoint, 'health'];

/** Paths in the container of the keys of backups. */
export interface BackupKeys {
  /** Authenticates the manifest of a backup, and encrypts the backup if there are no recipients. */
  readonly keyFile: string;
  /** The private key of a recipient, which only a restore has. */
  readonly ageIdentity: string;
}

interface BackupOptions {
  readonly ageRecipients: readonly string[];
  readonly keep: number;
  readonly keepDays: number;
}

interface RestoreOptions {
  /** The name of a backup. */
  readonly archive?: string | undefined;
  readonly replace: boolean;
  /** Restores nothing, because the provider of the database has done so. */
  readonly afterSnapshot: boolean;
  readonly alsoRevoke: readonly string[];
}

/** The arguments of the process that makes a backup. */
export function backupArguments(
  target: string,
  { ageRecipients, keep, keepDays }: BackupOptions,
  { keyFile }: Pick<BackupKeys, 'keyFile'>,
): string[] {
  return [
    ...['backup', '--to', target, '--key-file', keyFile],
    ...ageRecipients.flatMap((recipient) => ['--age-recipient', recipient]),
    ...['--keep', `${keep}`, '--keep-days', `${keepDays}`],
  ];
}

function sourceArguments(
  target: string,
  { ageRecipients }: Pick<BackupOptions, 'ageRecipients'>,
  { ageIdentity, keyFile }: BackupKeys,
): string[] {
  const identity = ageRecipients.length > 0 ? ['--age-identity', ageIdentity] : [];
  return ['--from', target, '--key-file', keyFile, ...identity];
}

/** The arguments of the process that restores a backup: the newest one, or that of the given name. */
export function restoreArguments(
  target: string,
  options: Pick<BackupOptions, 'ageRecipients'> & RestoreOptions,
  keys: BackupKeys,
): string[] {
  // In one argument, because the id of a key may begin with a hyphen.
  const revoked = options.alsoRevoke.map((kid) => `--also-revoke=${kid}`);
  if (options.afterSnapshot) return ['restore', '--after-snapshot', ...revoked];
  return [
    ...['restore', ...sourceArguments(target, options, keys)],
    ...(options.replace ? ['--replace'] : []),
    ...revoked,
    ...(options.archive ? [options.archive] : []),
  ];
}

/** The arguments of the process that restores the newest backup into a scratch database and logs in there. */
export function drillArguments(
  target: string,
  options: Pick<BackupOptions, 'ageRecipients'>,
  keys: BackupKeys,
): string[] {
  return ['restore', '--drill', ...sourceArguments(target, options, keys)];
}
