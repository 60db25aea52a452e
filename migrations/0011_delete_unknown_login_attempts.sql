-- The purge deletes login attempts with an unknown email, which belong to no user. The role of the service must not delete
-- rows of the history, so it gets a function that deletes nothing else, and nothing younger than seven days.
create function delete_unknown_login_attempts(keep_days integer, max_rows integer) returns integer
language sql
security definer
set search_path = pg_catalog, pg_temp
as $$
  with old as (
    select occurred_at, id
    from public.login_histories
    where user_id is null
      and occurred_at < now() - greatest(keep_days, 7) * interval '1 day'
    limit max_rows
  ), deleted as (
    delete from public.login_histories h
    using old
    where h.occurred_at = old.occurred_at
      and h.id = old.id
      -- Leaves out the partitions of later months.
      and h.occurred_at < now() - greatest(keep_days, 7) * interval '1 day'
    returning h.id
  )
  select count(*)::integer
  from deleted
$$;

-- Like the functions for partitions: it belongs to the owner of the tables, and only roles that insert may execute it.
do $$
declare
  grantee text;
begin
  revoke all on function delete_unknown_login_attempts(integer, integer) from public;
  execute (
    select format('alter function delete_unknown_login_attempts(integer, integer) owner to %I', pg_get_userbyid(relowner))
    from pg_class
    where oid = 'login_histories'::regclass
  );
  for grantee in
    select quote_ident(pg_get_userbyid(a.grantee))
    from pg_class c
    cross join lateral aclexplode(c.relacl) a
    where c.oid = 'login_histories'::regclass
      and a.privilege_type = 'INSERT'
      and a.grantee not in (0, c.relowner)
  loop
    execute format('grant execute on function delete_unknown_login_attempts(integer, integer) to %s', grantee);
  end loop;
end
$$;
