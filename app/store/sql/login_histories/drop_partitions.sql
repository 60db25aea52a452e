select dropped.name
from public.drop_login_history_partitions($1::integer) as dropped (name)
