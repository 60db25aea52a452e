-- What the current role can do to history, by its own grants, those of PUBLIC and those of roles that it is a member of.
select
  bool_or(pg_has_role(c.relowner, 'member')) as is_owner,
  bool_or(
    has_table_privilege(c.oid, 'update, delete, truncate, trigger')
    or has_any_column_privilege(c.oid, 'update')
  ) as can_change,
  has_schema_privilege('public', 'create') as can_create
from pg_class c
left join pg_inherits i on i.inhrelid = c.oid
where c.oid in ('public.audit_log'::regclass, 'public.login_histories'::regclass)
  or i.inhparent in ('public.audit_log'::regclass, 'public.login_histories'::regclass)
