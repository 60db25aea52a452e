import type { Config } from '../../config/config.ts';
import type { Logger } from '../../observe/log.ts';
import { migrateCommand } from '../migrate.ts';
import { ownerOf, withOwner } from './owner-connection.ts';
import { insertRevokedKey } from './restore-schema.ts';
import { leftOut } from './snapshot.ts';

/** The newest sign of life in the database: every login is recorded. */
const findLastActivity = `
  select greatest(
    (select max(occurred_at) from public.login_histories),
    (select max(occurred_at) from public.audit_log),
    (select max(created_at) from public.users),
    (select max(applied_at) from public.schema_migrations)
  ) as at`;

/**
 * Makes a database that a provider has restored, from a snapshot or to a point in time, what `restore` leaves: nothing
 * vouches for a session, a reset token or a secret from before. One transaction, so that the service sees all or nothing.
 * @returns when the database was last used before its restore, as far as its rows show
 */
export async function endEverything(
  config: Config,
  log: Logger,
  revokedKeys: readonly string[],
): Promise<{ lastActivity: Date; ended: Readonly<Record<string, number>> }> {
  const result = await withOwner(
    ownerOf(config),
    { log, timeout: config.database.timeout },
    async (connection) => {
      const [row] = await connection.unsafe<{ at: Date }[]>(findLastActivity);
      if (!row) throw new Error('Postgres returned no time');
      const ended = await connection.begin(async (tx) => {
        await tx.unsafe('set local statement_timeout = 0');
        const counts: Record<string, number> = {};
        for (const table of leftOut) {
          const { count } = await tx.unsafe(`delete from public.${table}`);
          counts[table] = count;
        }
        for (const kid of revokedKeys) await tx.unsafe(insertRevokedKey, [kid]);
        return counts;
      });
      return { lastActivity: row.at, ended };
    },
  );
  await migrateCommand(config, log);
  return result;
}
