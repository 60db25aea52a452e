import type { Config, Secret } from '../../../config/config.ts';
import type { Logger } from '../../../observe/log.ts';
import { type Connection, connect } from '../../../store/postgres/connection.ts';

/** What the checks of the database use: one connection to each server, opened by the first query. */
export interface DatabaseContext {
  readonly primary: Connection;
  /** Null without DB_REPLICA_DB_URL. */
  readonly replica: Connection | null;
  close(): Promise<void>;
}

/** Milliseconds. */
const connectTimeout = 5_000;

/** @throws Error when DB_PRIMARY_DB_URL is not set */
export function openDatabaseContext({ database }: Config, log: Logger): DatabaseContext {
  const open = (url: Secret, acceptsStandby: boolean): Connection =>
    connect({
      target: { ...database, url, acceptsStandby },
      prepare: false,
      connectTimeout,
      parameters: {},
      log,
    });
  if (!database.url) throw new Error('DB_PRIMARY_DB_URL is not set');
  const primary = open(database.url, false);
  const replica = database.replicaUrl ? open(database.replicaUrl, true) : null;
  return {
    primary,
    replica,
    async close() {
      await Promise.all([primary.end({ timeout: 0 }), replica?.end({ timeout: 0 })]);
    },
  };
}
