import type { Connection } from '../../store/postgres/connection.ts';
import { countRows } from './snapshot.ts';

/** Objects of the schema that do not belong to an extension. */
const findObjects = `
  select o.name
  from (
    select oid, 'pg_class'::regclass as catalogue, relname::text as name
    from pg_catalog.pg_class
    where relnamespace = 'public'::regnamespace
    union all
    select oid, 'pg_proc'::regclass, proname::text
    from pg_catalog.pg_proc
    where pronamespace = 'public'::regnamespace
    union all
    select oid, 'pg_type'::regclass, typname::text
    from pg_catalog.pg_type
    where typnamespace = 'public'::regnamespace
  ) o
  where not exists (
    select
    from pg_catalog.pg_depend d
    where d.classid = o.catalogue
      and d.objid = o.oid
      and d.deptype = 'e'
  )
  limit 1`;

const findExtension = `
  select extname::text as name
  from pg_catalog.pg_extension
  where extnamespace = 'public'::regnamespace
  limit 1`;

export const isEmpty = async (connection: Connection): Promise<boolean> =>
  (await connection.unsafe(findObjects)).length === 0;

/** For keys that were revoked after the backup. */
export const insertRevokedKey =
  'insert into public.revoked_signing_keys (kid) values ($1) on conflict (kid) do nothing';

const newSchema = 'create schema public; grant usage on schema public to public';

/** The schema of the restored tables, and what becomes of it. */
export interface RestoreSchema {
  /** Rows of each table that the restore replaces, or null for an empty database. */
  readonly replaced: Readonly<Record<string, number>> | null;
  /** Makes the database what it was before. */
  undo(): Promise<void>;
  /** Deletes what the restore has replaced. */
  complete(): Promise<void>;
}

/** @throws Error that explains that the database is not empty */
async function refuseFull(connection: Connection): Promise<never> {
  const rows = await countRows(connection);
  const what = Object.entries(rows).map(([name, count]) => `${name} ${count}`);
  const lost = what.length > 0 ? `, which contains these rows: ${what.join(', ')}` : '';
  throw new Error(`the database is not empty. --replace deletes everything in its schema public${lost}`);
}

/** For a database that was empty: nothing of a failed restore stays. */
const emptySchema = (connection: Connection): RestoreSchema => ({
  replaced: null,
  async undo() {
    // pg_restore works in one transaction, so that its own failure leaves nothing.
    if (!(await isEmpty(connection))) await connection.unsafe(`drop schema public cascade; ${newSchema}`);
  },
  complete: async () => undefined,
});

/**
 * Renames the schema, so that a restore that fails loses nothing. Until the end the database needs the space of both.
 * @throws Error when an extension is in the schema: the service of the provider may need it
 */
async function moveAside(connection: Connection): Promise<RestoreSchema> {
  const [extension] = await connection.unsafe<{ name: string }[]>(findExtension);
  if (extension) {
    throw new Error(
      `the extension ${extension.name} is in the schema public: restore into an empty database`,
    );
  }
  const replaced = await countRows(connection);
  const aside = `replaced_${new Date().toISOString().replace(/\D/g, '').slice(0, 14)}`;
  await connection.unsafe(`begin; alter schema public rename to ${aside}; ${newSchema}; commit`);
  return {
    replaced,
    async undo() {
      await connection.unsafe(
        `begin; drop schema public cascade; alter schema ${aside} rename to public; commit`,
      );
    },
    complete: async () => void (await connection.unsafe(`drop schema ${aside} cascade`)),
  };
}

/** @throws Error when the database is not empty and must not be replaced */
export async function prepareSchema(connection: Connection, isReplacing: boolean): Promise<RestoreSchema> {
  if (await isEmpty(connection)) return emptySchema(connection);
  return isReplacing ? moveAside(connection) : refuseFull(connection);
}

/**
 * The dump is restored without its privileges, because its roles may not exist here. Postgres lets everybody execute a new
 * function, so what the migrations revoked is revoked again; `migrate` grants the service what it needs.
 */
export async function revokePrivileges(connection: Connection): Promise<void> {
  await connection.unsafe(`
    revoke all on all functions in schema public from public;
    select public.revoke_from_others(oid::regclass)
    from pg_catalog.pg_class
    where relnamespace = 'public'::regnamespace
      and relkind in ('r', 'p')`);
}
