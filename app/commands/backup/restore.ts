import { finished as ended, pipeline } from 'node:stream/promises';
import type { Config } from '../../config/config.ts';
import type { Logger } from '../../observe/log.ts';
import type { Connection } from '../../store/postgres/connection.ts';
import type { ConnectionTarget } from '../../store/postgres/connection-target.ts';
import { migrateCommand } from '../migrate.ts';
import { checkSchema, checkVersions } from './compatibility.ts';
import type { Decryption } from './encryption.ts';
import { openLibpq } from './libpq.ts';
import type { Manifest } from './manifest.ts';
import { type Owner, ownerOf, withOwner } from './owner-connection.ts';
import { startProgram, versionOf } from './programs.ts';
import { insertRevokedKey, prepareSchema, type RestoreSchema, revokePrivileges } from './restore-schema.ts';
import { countRows, leftOut } from './snapshot.ts';
import { allOrReason, createDigest } from './streams.ts';
import type { BackupTarget } from './targets/target.ts';

export interface RestoreParts {
  readonly config: Config;
  readonly log: Logger;
  readonly target: BackupTarget;
  /** Its authenticity has been checked. */
  readonly manifest: Manifest;
  readonly decrypt: Decryption;
  readonly isReplacing: boolean;
  /** Signing keys that were revoked after the backup. */
  readonly revokedKeys: readonly string[];
}

/** What a restore has done. Times are milliseconds. */
export interface RestoreResult {
  readonly replaced: Readonly<Record<string, number>> | null;
  readonly times: { readonly verify: number; readonly restore: number; readonly migrate: number };
}

function checkDigest(manifest: Manifest, size: number, sha256: string): void {
  if (size !== manifest.size) {
    throw new Error(
      `${manifest.file} has ${size} bytes and not ${manifest.size}: it is truncated or another file`,
    );
  }
  if (sha256 !== manifest.sha256) throw new Error(`${manifest.file} was changed: its SHA-256 is another one`);
}

function explainDecryption(cause: unknown, { file }: Manifest): Error {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new Error(`${file} cannot be decrypted (${reason}): it was changed, or this is not its key`, {
    cause,
  });
}

/** Streams the data file of the target through its decryption. `finished` is rejected if the file is not the right one. */
async function openData({ target, manifest, decrypt }: RestoreParts) {
  const file = target.read(manifest.file);
  const digest = createDigest();
  const read = pipeline(file.stream, digest.stream);
  read.catch(() => undefined);
  const plain = await decrypt(digest.stream).catch((error: unknown) => {
    digest.stream.destroy();
    throw explainDecryption(error, manifest);
  });
  const finished = async (): Promise<void> => {
    await allOrReason([file.finished, plain.finished, read]);
    checkDigest(manifest, digest.size(), digest.sha256());
  };
  return { stream: plain.stream, finished };
}

/**
 * Reads the whole file once before anything is written: checksum, key, and the checksum of each part of an age file. The
 * second reading is checked again, because the file may change in between.
 */
async function verifyData(parts: RestoreParts): Promise<void> {
  const data = await openData(parts);
  const read = ended(data.stream.resume(), { writable: false }).catch((error: unknown) => {
    throw explainDecryption(error, parts.manifest);
  });
  await allOrReason([read, data.finished()]);
}

/** One transaction, so that the service sees all tables or none, and an interruption leaves none. */
const restoreArguments = [
  '--single-transaction',
  '--exit-on-error',
  '--no-owner',
  '--no-privileges',
  '--schema=public',
  '--no-password',
] as const;

async function restoreData(parts: RestoreParts, owner: ConnectionTarget): Promise<void> {
  const libpq = await openLibpq(owner);
  const args = [...restoreArguments, `--dbname=${libpq.env.PGDATABASE}`];
  const restore = startProgram('pg_restore', args, libpq.env);
  try {
    restore.child.stdout.resume();
    const data = await openData(parts);
    await allOrReason([restore.finished, data.finished(), pipeline(data.stream, restore.child.stdin)]);
  } catch (error) {
    restore.child.kill('SIGKILL');
    throw error;
  } finally {
    await libpq.close();
  }
}

/** @returns how many of the keys were not revoked in the backup */
async function revokeKeys(connection: Connection, kids: readonly string[]): Promise<number> {
  let revoked = 0;
  for (const kid of kids) revoked += (await connection.unsafe(insertRevokedKey, [kid])).count;
  return revoked;
}

/**
 * @param revoked rows that the restore itself has added to revoked_signing_keys
 * @throws Error when the tables are not those that the manifest names
 */
async function checkRows(connection: Connection, manifest: Manifest, revoked: number): Promise<void> {
  const counted = await countRows(connection);
  const before = { revoked_signing_keys: (counted.revoked_signing_keys ?? 0) - revoked };
  const rows: Record<string, number> = { ...counted, ...before };
  const names = [...new Set([...Object.keys(rows), ...Object.keys(manifest.rows)])];
  const different = names.filter((name) => rows[name] !== manifest.rows[name]);
  const left = leftOut.filter((name) => rows[name] !== 0);
  if (different.length === 0 && left.length === 0) return;
  const what = [...new Set([...different, ...left])].map(
    (name) => `${name} ${rows[name] ?? 'missing'} instead of ${manifest.rows[name] ?? 'none'}`,
  );
  throw new Error(`the restored rows are not those of the backup: ${what.join(', ')}`);
}

async function restoreInto(
  parts: RestoreParts,
  connection: Connection,
  owner: Owner,
  schema: RestoreSchema,
): Promise<void> {
  try {
    await restoreData(parts, owner.target);
    // First, because the tables are visible now.
    const added = await revokeKeys(connection, parts.revokedKeys);
    await checkRows(connection, parts.manifest, added);
    await revokePrivileges(connection);
  } catch (error) {
    await schema.undo().catch((cause: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`${reason}. The database could not be made what it was before: do not use it`, {
        cause,
      });
    });
    throw error;
  }
}

async function serverVersion(connection: Connection): Promise<string> {
  const [row] = await connection.unsafe<{ version: string }[]>(
    `select split_part(current_setting('server_version'), ' ', 1) as version`,
  );
  return row?.version ?? '';
}

/**
 * Restores a backup into the database of the owner, and applies the migrations that the backup lacks. A backup contains no
 * session, no reset token and no secret of the service, so whatever was issued before the restore is void.
 * @throws Error when anything does not fit; then the database is as it was before
 */
export async function restoreBackup(parts: RestoreParts): Promise<RestoreResult> {
  const { config, log, manifest, isReplacing } = parts;
  const owner = ownerOf(config);
  checkSchema(manifest);
  const start = performance.now();
  const { schema, verified, restored } = await withOwner(
    owner,
    { log, timeout: config.database.timeout },
    async (connection) => {
      const versions = { server: await serverVersion(connection), restore: await versionOf('pg_restore') };
      checkVersions(manifest, versions);
      await verifyData(parts);
      const verified = performance.now();
      const schema = await prepareSchema(connection, isReplacing);
      await restoreInto(parts, connection, owner, schema);
      await schema.complete();
      return { schema, verified, restored: performance.now() };
    },
  );
  await migrateCommand(config, log);
  const times = {
    verify: verified - start,
    restore: restored - verified,
    migrate: performance.now() - restored,
  };
  return { replaced: schema.replaced, times };
}
