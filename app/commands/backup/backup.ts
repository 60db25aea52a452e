import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Config } from '../../config/config.ts';
import type { Logger } from '../../observe/log.ts';
import type { Connection } from '../../store/postgres/connection.ts';
import type { ConnectionTarget } from '../../store/postgres/connection-target.ts';
import { findRunningMigration } from '../../store/postgres/migration-lock.ts';
import { listBackups } from './catalogue.ts';
import { type Encryption, extensions } from './encryption.ts';
import type { KeyFile } from './key-file.ts';
import { openLibpq } from './libpq.ts';
import { type Manifest, manifestEnding, newBackupName, writeManifest } from './manifest.ts';
import { ownerOf, withOwner } from './owner-connection.ts';
import { startProgram, versionOf } from './programs.ts';
import { findExpired, type Retention, removeBackup } from './retention.ts';
import { countDumpedRows, leftOut, type Snapshot, takeSnapshot } from './snapshot.ts';
import { allOrReason, createDigest } from './streams.ts';
import type { BackupTarget } from './targets/target.ts';

interface BackupParts {
  readonly config: Config;
  readonly log: Logger;
  readonly serviceVersion: string;
  readonly target: BackupTarget;
  readonly encryption: Encryption;
  /** Authenticates the manifest. */
  readonly keyFile: KeyFile | undefined;
  readonly retention: Retention;
}

const major = (version: string): number => Number.parseInt(version, 10);

/** @throws Error when pg_dump is older than the server: it does not know what the server may contain */
function checkDumpVersion(dump: string, server: string): void {
  if (major(dump) >= major(server)) return;
  const wayOut = `use pg_dump ${major(server)} (docker build --target backup --build-arg POSTGRES_IMAGE=postgres:${major(server)}-bookworm)`;
  throw new Error(`pg_dump ${dump} is older than the server ${server}: ${wayOut}`);
}

/** @throws Error while the schema is being migrated: the migration would wait for the dump, and requests for the migration */
async function refuseMigration(connection: Connection): Promise<void> {
  const holder = await findRunningMigration(connection);
  if (holder) throw new Error(`the schema is being migrated: ${holder}. Start the backup again afterwards.`);
}

/** Creates the table in which a backup is recorded. */
const recordMigration = '0018_add_backups.sql';

const dumpArguments = (snapshot: Snapshot): readonly string[] => [
  '--format=custom',
  `--snapshot=${snapshot.id}`,
  '--schema=public',
  ...leftOut.map((name) => `--exclude-table-data=public.${name}`),
  '--lock-wait-timeout=10s',
  '--no-password',
];

/** pg_dump → encryption → checksum → target. Nothing is on a disk before it is encrypted. */
async function streamDump(
  { target, encryption }: BackupParts,
  owner: ConnectionTarget,
  { snapshot, file }: { snapshot: Snapshot; file: string },
): Promise<{ size: number; sha256: string }> {
  const libpq = await openLibpq(owner);
  const dump = startProgram('pg_dump', dumpArguments(snapshot), libpq.env);
  try {
    const encrypted = await encryption.encrypt(dump.child.stdout);
    const digest = createDigest();
    await allOrReason([
      target.write(file, digest.stream),
      encrypted.finished,
      pipeline(encrypted.stream, digest.stream),
    ]);
    // Without this the end of a failed pg_dump would look like the end of the dump.
    await dump.finished;
    return { size: digest.size(), sha256: digest.sha256() };
  } catch (error) {
    dump.child.kill('SIGKILL');
    await target.remove(file).catch(() => undefined);
    throw error;
  } finally {
    await libpq.close();
  }
}

async function dumpTo(
  parts: BackupParts,
  connection: Connection,
  owner: ConnectionTarget,
): Promise<Manifest> {
  const { encryption, serviceVersion } = parts;
  const dumpVersion = await versionOf('pg_dump');
  await refuseMigration(connection);
  const snapshot = await takeSnapshot(connection);
  checkDumpVersion(dumpVersion, snapshot.serverVersion);
  if (!(recordMigration in snapshot.migrations)) {
    throw new Error('the database lacks migrations of this version: run the command migrate first');
  }
  const name = newBackupName(snapshot.takenAt);
  const file = `${name}.dump${extensions[encryption.kind]}`;
  const counting = countDumpedRows(connection);
  counting.catch(() => undefined);
  const written = await streamDump(parts, owner, { snapshot, file });
  const rows = await counting;
  await connection.unsafe('rollback');
  return {
    format: 1,
    service: 'auth-service',
    service_version: serviceVersion,
    name,
    file,
    snapshot_at: snapshot.takenAt.toISOString(),
    migrations: snapshot.migrations,
    postgres_version: snapshot.serverVersion,
    pg_dump_version: dumpVersion,
    rows,
    encryption: encryption.kind,
    ...written,
  };
}

async function completeBackup(target: BackupTarget, { name, file }: Manifest, text: string): Promise<void> {
  try {
    await target.write(name + manifestEnding, Readable.from([Buffer.from(text)]));
  } catch (error) {
    await target.remove(file).catch(() => undefined);
    throw error;
  }
}

export const totalRows = ({ rows }: Manifest): number =>
  Object.values(rows).reduce((total, count) => total + count, 0);

const insertRecord = `
  insert into public.backups (name, snapshot_at, size_bytes, row_count, target, encryption)
  values ($1, $2, $3, $4, $5, $6)`;

/** For the metric auth_last_backup_timestamp_seconds. */
async function record(connection: Connection, manifest: Manifest, { target }: BackupParts): Promise<void> {
  const { name, snapshot_at, size, encryption } = manifest;
  const values = [name, snapshot_at, String(size), String(totalRows(manifest)), target.kind, encryption];
  await connection.unsafe(insertRecord, values);
}

async function removeExpired({ target, retention }: BackupParts): Promise<string[]> {
  if (retention.keep === undefined && retention.keepDays === undefined) return [];
  const expired = findExpired(await listBackups(target), retention, Date.now());
  for (const backup of expired) await removeBackup(target, backup);
  return expired.map(({ name }) => name);
}

/**
 * Makes a backup, records it in the database, and removes the backups that the retention does not keep.
 * @throws Error when anything is missing or fails; then the target contains no backup that looks complete
 */
export async function makeBackup(
  parts: BackupParts,
): Promise<{ manifest: Manifest; removed: readonly string[] }> {
  const { config, log, target, keyFile } = parts;
  const owner = ownerOf(config);
  return withOwner(owner, { log, timeout: config.database.timeout }, async (connection) => {
    const manifest = await dumpTo(parts, connection, owner.target);
    await completeBackup(target, manifest, writeManifest(manifest, keyFile));
    await record(connection, manifest, parts);
    return { manifest, removed: await removeExpired(parts) };
  });
}
