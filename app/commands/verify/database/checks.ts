import { setTimeout as sleep } from 'node:timers/promises';
import { migrationFolder, readMigrations } from '../../../store/postgres/migration-files.ts';
import { type Check, failed, passed, skipped, warning } from '../../checks/check.ts';
import type { DatabaseContext } from './context.ts';
import { guideQueries, tablesWithoutIndex } from './plans.ts';

const category = 'Database';

/** Seconds that a replica may be behind. */
const maxLag = { warning: 1, failed: 10 } as const;

export const databaseChecks: readonly Check<DatabaseContext>[] = [
  {
    id: 'db-reply',
    category,
    title: 'Postgres answers',
    documentation:
      'Connects to `DB_PRIMARY_DB_URL` as the service does, with its TLS settings. `auth-service doctor` tells apart why a Postgres does not answer.',
    async run({ primary }) {
      const [row] = await primary.unsafe<{ version: string }[]>(
        `select current_setting('server_version') as version`,
      );
      return passed(`Postgres ${row?.version}`);
    },
  },
  {
    id: 'db-migrations',
    category,
    title: 'Every migration is applied and unchanged',
    documentation:
      'Compares `schema_migrations` with the migrations of this version: names and checksums. A missing migration means that `auth-service migrate` has not run. A changed one means that a merged file was edited, or that this version is not the one that migrated. A migration that this version does not know is a warning: a newer version has been deployed.',
    needs: ['db-reply'],
    async run({ primary }) {
      const rows = await primary.unsafe<{ name: string; checksum: string }[]>(
        'select name, checksum from public.schema_migrations order by name',
      );
      const applied = new Map(rows.map(({ checksum, name }) => [name, checksum]));
      const known = readMigrations(migrationFolder);
      const missing = known.filter(({ name }) => !applied.has(name)).map(({ name }) => name);
      if (missing.length > 0) return failed(`Not applied: ${missing.join(', ')}`, 'Run auth-service migrate');
      const changed = known
        .filter(({ checksum, name }) => applied.get(name) !== checksum)
        .map(({ name }) => name);
      if (changed.length > 0)
        return failed(
          `Changed since it was applied: ${changed.join(', ')}`,
          'Deploy the version that migrated this database, and never edit a merged migration',
        );
      const unknown = rows.filter(({ name }) => !known.some((each) => each.name === name));
      if (unknown.length === 0) return passed(`${known.length} migrations`);
      const names = unknown.map(({ name }) => name).join(', ');
      return warning(`This version does not know ${names}`, 'Verify with the version that is deployed');
    },
  },
  {
    id: 'db-indexes',
    category,
    title: 'Every index is valid',
    documentation:
      'An index that `create index concurrently` could not finish stays invalid: Postgres maintains it and no query uses it. `auth-service migrate` drops such an index and builds it again, if its migration is not applied yet. Otherwise run `reindex index concurrently NAME`.',
    needs: ['db-reply'],
    async run({ primary }) {
      const rows = await primary.unsafe<{ name: string }[]>(
        `select i.indexrelid::regclass::text as name
        from pg_catalog.pg_index i
        join pg_catalog.pg_class c on c.oid = i.indrelid
        where c.relnamespace = 'public'::regnamespace
          and not (i.indisvalid and i.indisready)
        order by 1`,
      );
      const names = rows.map(({ name }) => name);
      if (names.length === 0) return passed('No invalid index');
      return failed(`Invalid: ${names.join(', ')}`, `Run reindex index concurrently ${names[0]}`);
    },
  },
  {
    id: 'db-query-plans',
    category,
    title: 'The frequent queries use an index',
    documentation:
      'Section 5.5 of the deployment guide: plans the queries for an account by email and by id, and for its login history, and demands an index for every table. The plan assumes large tables, so the result is the same on an empty database. A failure means that an index was dropped or is invalid: compare the indexes with the migrations.',
    needs: ['db-migrations'],
    async run({ primary }) {
      for (const [name, params] of guideQueries) {
        const tables = await tablesWithoutIndex(primary, name, params);
        if (tables.length > 0)
          return failed(
            `${name} reads ${tables.join(', ')} without an index`,
            'Create the index of the migrations again, with create index concurrently',
          );
      }
      return passed(guideQueries.map(([name]) => name).join(', '));
    },
  },
  {
    id: 'db-connections',
    category,
    title: 'Postgres has connections left',
    documentation:
      'Compares the number of client connections with `max_connections` less the reserved ones: a warning above 80 %, a failure above 95 %. Each process of the service uses `DB_POOL_MAX` connections. Lower it, lower the number of replicas, or put PgBouncer in front of Postgres.',
    needs: ['db-reply'],
    async run({ primary }) {
      const [row] = await primary.unsafe<{ used: number; limit: number }[]>(
        `select
          (select count(*)::int from pg_catalog.pg_stat_activity where backend_type = 'client backend') as used,
          current_setting('max_connections')::int
            - current_setting('superuser_reserved_connections')::int as limit`,
      );
      const { limit = 0, used = 0 } = row ?? {};
      const message = `${used} of ${limit} connections are in use`;
      const fix = 'Lower DB_POOL_MAX or the number of replicas, or use PgBouncer';
      if (used > 0.95 * limit) return failed(message, fix);
      return used > 0.8 * limit ? warning(message, fix) : passed(message);
    },
  },
  {
    id: 'db-replication-lag',
    category,
    title: 'The read replica follows the primary',
    documentation:
      'Asks the primary for its position in the write-ahead log, and measures how long the replica takes to replay it: a warning above 1 second, a failure above 10. Lists are read from the primary while the replica is behind (`DB_REPLICA_MAX_LAG`). Look at the load of the replica and at long queries on it.',
    needs: ['db-reply'],
    async run({ primary, replica }) {
      if (!replica) return skipped('DB_REPLICA_DB_URL is not set');
      const [written] = await primary.unsafe<{ lsn: string }[]>('select pg_current_wal_lsn()::text as lsn');
      const start = performance.now();
      const seconds = (): number => (performance.now() - start) / 1000;
      const hasReplayed = async (): Promise<boolean> => {
        const [row] = await replica.unsafe<{ done: boolean }[]>(
          'select coalesce(pg_last_wal_replay_lsn() >= $1::text::pg_lsn, false) as done',
          [written?.lsn ?? ''],
        );
        return row?.done === true;
      };
      while (!(await hasReplayed())) {
        if (seconds() > maxLag.failed)
          return failed(
            `The replica is more than ${maxLag.failed} seconds behind`,
            'Look at the load of the replica and at long queries on it',
          );
        await sleep(50);
      }
      const message = `The replica is at most ${seconds().toFixed(1)} seconds behind`;
      return seconds() > maxLag.warning
        ? warning(message, 'Look at the load of the replica and at long queries on it')
        : passed(message);
    },
  },
];
