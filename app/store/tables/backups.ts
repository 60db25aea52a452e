import { type Database, queryOne } from '../postgres/database.ts';

/** Backups that the command `backup` has completed. It writes the rows as the owner of the tables. */
export const createBackupStore = (database: Database) => ({
  /** Seconds since the epoch: the snapshot of the last backup, or the first migration if there is no backup. */
  lastSnapshot: async (): Promise<number> =>
    (await queryOne<{ seconds: number }>(database, 'backups/find_last_snapshot')).seconds,
});
