import type { Connection } from './connection.ts';

/**
 * What the role of the service may do with each object of the schema: what its queries need and nothing else. It can
 * neither change nor delete a row of the login history or the audit log. `update` of roles and user_roles is for locks.
 * `auth-service keys` writes revoked_signing_keys. `backup` writes backups as the owner.
 */
const privileges: Readonly<Record<string, readonly string[]>> = {
  users: ['insert', 'select', 'update'],
  roles: ['delete', 'insert', 'select', 'update'],
  user_roles: ['delete', 'insert', 'select', 'update'],
  sessions: ['delete', 'insert', 'select', 'update'],
  password_resets: ['delete', 'insert', 'select', 'update'],
  login_histories: ['insert', 'select'],
  audit_log: ['insert', 'select'],
  service_secrets: ['insert', 'select'],
  revoked_signing_keys: ['delete', 'insert', 'select'],
  maintenance: ['insert', 'select', 'update'],
  backups: ['select'],
  schema_migrations: ['select'],
  audit_log_id_seq: ['usage'],
  create_audit_log_partitions: ['execute'],
  create_login_history_partitions: ['execute'],
  delete_unknown_login_attempts: ['execute'],
  drop_audit_log_partitions: ['execute'],
  drop_login_history_partitions: ['execute'],
};

/** Every table, sequence and function of the schema, and what was granted to the role itself. */
const findObjects = `
  select
    c.relname as name,
    format('%s public.%I', case c.relkind when 'S' then 'sequence' else 'table' end, c.relname) as object,
    c.relowner as owner_id,
    array_to_string(array(
      select lower(a.privilege_type collate "C") from aclexplode(c.relacl) a where a.grantee = r.oid order by 1
    ), ',') as granted
  from pg_class c
  cross join pg_roles r
  where c.relnamespace = 'public'::regnamespace
    and c.relkind in ('r', 'p', 'S')
    and r.rolname = $1
  union all
  select
    p.proname,
    format('function public.%I(%s)', p.proname, pg_get_function_identity_arguments(p.oid)),
    p.proowner,
    array_to_string(array(
      select lower(a.privilege_type collate "C") from aclexplode(p.proacl) a where a.grantee = r.oid order by 1
    ), ',')
  from pg_proc p
  cross join pg_roles r
  where p.pronamespace = 'public'::regnamespace
    and r.rolname = $1`;

interface DatabaseObject {
  readonly name: string;
  /** As in a grant: `table public.users`. */
  readonly object: string;
  readonly ownerId: number;
  /** Sorted, separated by commas. */
  readonly granted: string;
}

const findRole = `
  select
    pg_has_role(r.oid, c.relowner, 'member') as is_owner,
    c.relowner as owner_id,
    pg_get_userbyid(c.relowner) as owner,
    has_schema_privilege(r.oid, 'public', 'usage') as has_usage,
    has_schema_privilege(r.oid, 'public', 'create') as can_create
  from pg_roles r
  cross join pg_class c
  where r.rolname = $1
    and c.oid = 'public.audit_log'::regclass`;

interface Role {
  /** Whether it can act as the owner of the tables: as a superuser too. */
  readonly isOwner: boolean;
  readonly ownerId: number;
  readonly owner: string;
  readonly hasUsage: boolean;
  readonly canCreate: boolean;
}

const documentation = 'docs/operations.md, "Database roles", has the statements';

async function getRole(connection: Connection, name: string): Promise<Role> {
  const [role] = await connection.unsafe<Role[]>(findRole, [name]);
  if (!role) throw new Error(`the role ${name} of the service does not exist; ${documentation}`);
  if (role.isOwner) {
    const what = `owns the tables, is a member of their owner ${role.owner}, or is a superuser`;
    throw new Error(`the role ${name} of the service ${what}; ${documentation}`);
  }
  return role;
}

/**
 * Grants the role what the service needs, and revokes everything else that it was granted on objects of the owner, also
 * by default privileges. Changes nothing if nothing is missing, so that it costs two queries at the start of each pod. It
 * never creates the role: its password, or how it logs in without one, is for the operator to decide.
 * @returns how many objects changed, and whether the role can create objects, which is for the operator to revoke
 * @throws Error when there is no such role, or it can act as the owner of the tables
 */
export async function grantToServiceRole(connection: Connection, name: string) {
  const { ownerId, hasUsage, canCreate } = await getRole(connection, name);
  const objects = await connection.unsafe<DatabaseObject[]>(findObjects, [name]);
  const ofOwner = objects.filter((object) => object.ownerId === ownerId);
  const foreign = Object.keys(privileges).filter(
    (needed) => !ofOwner.some((object) => object.name === needed),
  );
  if (foreign.length > 0) {
    throw new Error(`${foreign.join(', ')} must belong to the owner of audit_log; ${documentation}`);
  }
  const wrong = ofOwner.filter((object) => object.granted !== (privileges[object.name] ?? []).join(','));
  const role = `"${name.replaceAll('"', '""')}"`;
  await connection.begin(async (tx) => {
    if (!hasUsage) await tx.unsafe(`grant usage on schema public to ${role}`);
    for (const { name, object } of wrong) {
      await tx.unsafe(`revoke all on ${object} from ${role}`);
      const needed = privileges[name] ?? [];
      if (needed.length > 0) await tx.unsafe(`grant ${needed.join(', ')} on ${object} to ${role}`);
    }
  });
  return { changed: wrong.length, canCreate };
}

const findMissing = `
  select needed.name, needed.privilege
  from jsonb_to_recordset($1::text::jsonb) as needed(name text, privilege text)
  left join pg_class c on c.relname = needed.name and c.relnamespace = 'public'::regnamespace
  left join pg_proc p on p.proname = needed.name and p.pronamespace = 'public'::regnamespace
  where not case
    when c.relkind = 'S' then has_sequence_privilege(c.oid, needed.privilege)
    when c.oid is not null then has_table_privilege(c.oid, needed.privilege)
    when p.oid is not null then has_function_privilege(p.oid, needed.privilege)
    else true
  end
  order by needed.name, needed.privilege`;

/**
 * What the service needs and the role of this connection may not do, as `insert on users`. An object that does not exist is
 * not in the list: its migration is missing.
 */
export async function findMissingPrivileges(connection: Pick<Connection, 'unsafe'>): Promise<string[]> {
  const needed = Object.entries(privileges).flatMap(([name, list]) =>
    list.map((privilege) => ({ name, privilege })),
  );
  const rows = await connection.unsafe<{ name: string; privilege: string }[]>(findMissing, [
    JSON.stringify(needed),
  ]);
  return rows.map(({ name, privilege }) => `${privilege} on ${name}`);
}
