-- The audit log gets one partition for each month, so that old entries go by dropping a table and no role needs the right
-- to delete rows. The table with the existing rows becomes the first partition; no row is copied. The previous release
-- keeps inserting. Months are UTC months.
-- Indexes first: they block writers for a moment but no reader, unlike the statements after them.
create unique index audit_log_time_idx on audit_log (occurred_at, id);
create index audit_log_action_idx on audit_log (action, occurred_at desc, id desc);

-- Postgres before 17 has no identity columns in partitioned tables, so the ids come from a sequence.
do $$
declare
  first_id bigint;
begin
  lock table audit_log in access exclusive mode;
  select coalesce(max(id), 0) + 1 into first_id from audit_log;
  alter table audit_log alter column id drop identity;
  execute format('create sequence audit_log_id_seq start with %s', first_id);
end
$$;

alter table audit_log
  drop constraint audit_log_pkey,
  alter column id set default nextval('audit_log_id_seq');
alter table audit_log add constraint audit_log_pkey primary key using index audit_log_time_idx;

-- Revokes everything on a table from every role but its owner, also what default privileges of the database granted.
create function revoke_from_others(relation regclass) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  grantee text;
begin
  for grantee in
    select distinct case when a.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end
    from pg_class c
    cross join lateral aclexplode(c.relacl) a
    where c.oid = relation
      and a.grantee <> c.relowner
  loop
    execute format('revoke all on table %s from %s', relation, grantee);
  end loop;
end
$$;

-- The owner stays the same, also if a superuser migrates. Roles that could insert and read still can. No other role gets
-- update or delete, and no other role reaches a partition directly.
do $$
declare
  -- A row may be newer than this transaction, which has waited for the lock.
  month timestamptz := date_trunc('month', greatest(now(), (select max(occurred_at) from audit_log)), 'UTC');
  old_rows text := 'audit_log_until_' || to_char(month at time zone 'UTC', 'YYYY_MM');
  owner text;
  grantee text;
  privilege text;
  suffix text;
begin
  execute format('alter table audit_log rename to %I', old_rows);
  foreach suffix in array array['pkey', 'action_idx', 'actor_id_idx', 'target_idx'] loop
    execute format('alter index %I rename to %I', 'audit_log_' || suffix, old_rows || '_' || suffix);
  end loop;
  execute format(
    'create table audit_log (
      like %I including defaults including constraints,
      primary key (occurred_at, id)
    ) partition by range (occurred_at)',
    old_rows
  );
  create index audit_log_action_idx on audit_log (action, occurred_at desc, id desc);
  create index audit_log_actor_id_idx on audit_log (actor_id, occurred_at desc);
  create index audit_log_target_idx on audit_log (target_type, target_id, occurred_at desc);
  execute format(
    'alter table audit_log attach partition %I for values from (minvalue) to (%L)',
    old_rows, month + interval '1 month'
  );
  alter sequence audit_log_id_seq owned by audit_log.id;

  select r.rolname into owner from pg_class c join pg_roles r on r.oid = c.relowner where c.oid = to_regclass(old_rows);
  execute format('alter table audit_log owner to %I', owner);

  perform revoke_from_others('audit_log');
  for grantee, privilege in
    select case when a.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end, a.privilege_type
    from pg_class c
    cross join lateral aclexplode(c.relacl) a
    where c.oid = to_regclass(old_rows)
      and a.grantee <> c.relowner
      and a.privilege_type in ('SELECT', 'INSERT')
  loop
    execute format('grant %s on audit_log to %s', privilege, grantee);
    if privilege = 'INSERT' then execute format('grant usage on sequence audit_log_id_seq to %s', grantee); end if;
  end loop;
  perform revoke_from_others(to_regclass(old_rows));
end
$$;

-- The partitions of a table by the last month that each contains. `_until_` marks one that also contains all months before.
create function month_partitions(parent text) returns table (name text, last_month text, has_older boolean)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select c.relname::text, right(c.relname, 7) collate "C", c.relname ~ '_until_\d{4}_\d{2}$'
  from pg_inherits i
  join pg_class c on c.oid = i.inhrelid
  where i.inhparent = to_regclass('public.' || parent)
    and c.relname ~ ('^' || parent || '_(until_)?\d{4}_\d{2}$')
$$;

-- Creates the missing partitions of this month and the coming months; returns their number. Attaching takes a weaker lock
-- on the parent than `create table ... partition of`, so inserts go on meanwhile. Simultaneous runs wait for each other.
-- Whatever the default privileges of the database are, no role but the owner reaches a partition directly.
create function create_month_partitions(parent text, months_ahead integer) returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
set lock_timeout = '2s'
as $$
declare
  starts_at timestamptz;
  partition text;
  made integer := 0;
begin
  perform pg_advisory_xact_lock(hashtext(parent));
  for step in 0..least(greatest(months_ahead, 0), 120) loop
    starts_at := date_trunc('month', now()) + step * interval '1 month';
    partition := parent || '_' || to_char(starts_at, 'YYYY_MM');
    continue when to_regclass('public.' || partition) is not null
      or exists (
        select
        from public.month_partitions(parent) p
        where p.has_older
          and p.last_month >= to_char(starts_at, 'YYYY_MM')
      );
    execute format(
      'create table public.%I (like public.%I including defaults including constraints)', partition, parent
    );
    perform public.revoke_from_others(to_regclass('public.' || partition));
    execute format(
      'alter table public.%I attach partition public.%I for values from (%L) to (%L)',
      parent, partition, starts_at, starts_at + interval '1 month'
    );
    made := made + 1;
  end loop;
  return made;
end
$$;

-- Drops the partitions of months older than keep_months before this one; this month's always stays.
create function drop_month_partitions(parent text, keep_months integer) returns setof text
language plpgsql
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
set lock_timeout = '2s'
as $$
declare
  partition text;
begin
  perform pg_advisory_xact_lock(hashtext(parent));
  for partition in
    select p.name
    from public.month_partitions(parent) p
    where p.last_month < to_char(date_trunc('month', now()) - greatest(keep_months, 1) * interval '1 month', 'YYYY_MM')
    order by p.last_month
  loop
    execute format('drop table public.%I', partition);
    return next partition;
  end loop;
end
$$;

-- What the role of the service may call (security definer): it can create partitions, and drop those of old months, but no
-- other table. The search path contains no schema in which another role could create functions or tables.
create or replace function create_login_history_partitions(months_ahead integer) returns integer
language sql
security definer
set search_path = pg_catalog, pg_temp
as $$ select public.create_month_partitions('login_histories', months_ahead) $$;

create or replace function drop_login_history_partitions(keep_months integer) returns setof text
language sql
security definer
set search_path = pg_catalog, pg_temp
as $$ select public.drop_month_partitions('login_histories', keep_months) $$;

create function create_audit_log_partitions(months_ahead integer) returns integer
language sql
security definer
set search_path = pg_catalog, pg_temp
as $$ select public.create_month_partitions('audit_log', months_ahead) $$;

-- Twelve months always stay (PCI DSS 10.5.1), whatever the role of the service asks for. The log says what was dropped.
create function drop_audit_log_partitions(keep_months integer) returns setof text
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  partition text;
begin
  for partition in select dropped from public.drop_month_partitions('audit_log', greatest(keep_months, 12)) dropped loop
    insert into public.audit_log (actor_type, action, target_type, target_id)
    values ('system', 'audit_log.drop_partition', 'partition', partition);
    return next partition;
  end loop;
end
$$;

-- Postgres lets PUBLIC execute every new function. Only roles that insert into the login history keep the right to what
-- the service calls. The functions belong to the owner of the tables, also if a superuser migrates.
do $$
declare
  owner text;
  function text;
  grantee text;
begin
  select quote_ident(pg_get_userbyid(relowner)) into owner from pg_class where oid = 'audit_log'::regclass;
  foreach function in array array[
    'revoke_from_others(regclass)',
    'month_partitions(text)',
    'create_month_partitions(text, integer)',
    'drop_month_partitions(text, integer)',
    'create_login_history_partitions(integer)',
    'drop_login_history_partitions(integer)',
    'create_audit_log_partitions(integer)',
    'drop_audit_log_partitions(integer)'
  ] loop
    execute format('revoke all on function %s from public', function);
    execute format('alter function %s owner to %s', function, owner);
    continue when function !~ '_log|_history';
    for grantee in
      select quote_ident(pg_get_userbyid(a.grantee))
      from pg_class c
      cross join lateral aclexplode(c.relacl) a
      where c.oid = 'login_histories'::regclass
        and a.privilege_type = 'INSERT'
        and a.grantee not in (0, c.relowner)
    loop
      execute format('grant execute on function %s to %s', function, grantee);
    end loop;
  end loop;
end
$$;

select create_audit_log_partitions(12);
