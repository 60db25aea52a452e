select count(*)::integer as backends
from pg_stat_activity
where pid = $1
