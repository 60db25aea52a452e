import { randomUUID } from 'node:crypto';
import type { Config, Secret } from '../../config/config.ts';
import { connect } from '../../store/postgres/connection.ts';
import { logInOnce } from './drill-login.ts';
import { ownerOf } from './owner-connection.ts';
import { type RestoreParts, type RestoreResult, restoreBackup } from './restore.ts';

/** Milliseconds. */
const connectTimeout = 10_000;

const withDatabase =
  (url: Secret, database: string): Secret =>
  () => {
    const other = new URL(url());
    other.pathname = `/${database}`;
    return other.href;
  };

function onScratch(config: Config, database: string): Config {
  const { url } = config.database;
  const { ownerUrl } = config.migrations;
  return {
    ...config,
    database: { ...config.database, url: url && withDatabase(url, database) },
    migrations: { ...config.migrations, ownerUrl: ownerUrl && withDatabase(ownerUrl, database) },
  };
}

/** Runs one statement in the database of the owner. Creating and dropping databases cannot be in a transaction. */
async function runAsOwner({ config, log }: RestoreParts, statement: string): Promise<void> {
  const { target } = ownerOf(config);
  const connection = connect({ target, prepare: false, connectTimeout, parameters: {}, log });
  try {
    await connection.unsafe('set statement_timeout = 0');
    await connection.unsafe(statement);
  } finally {
    await connection.end({ timeout: 0 });
  }
}

export interface DrillResult extends RestoreResult {
  readonly database: string;
  /** Milliseconds. */
  readonly login: number;
}

/**
 * Restores a backup into a new database on the same server, starts the service on it, registers an account and logs in,
 * and drops the database.
 * @throws Error when the backup cannot be restored, or nobody can log in afterwards
 */
export async function drill(parts: RestoreParts, version: string): Promise<DrillResult> {
  const database = `auth_drill_${randomUUID().replaceAll('-', '')}`;
  const config = onScratch(parts.config, database);
  await runAsOwner(parts, `create database ${database} template template0`);
  try {
    const result = await restoreBackup({ ...parts, config, isReplacing: false });
    const start = performance.now();
    await logInOnce(config, parts.log, version);
    return { ...result, database, login: performance.now() - start };
  } finally {
    await runAsOwner(parts, `drop database if exists ${database} with (force)`);
  }
}
