select count(*)::integer as backends
from pg_stat_activity
where datname = current_database()
  and query like '%pg_sleep%'
  and state = 'active'
  and pid <> pg_backend_pid()
