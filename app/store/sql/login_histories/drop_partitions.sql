select dropped.name
from drop_login_history_partitions($1::integer) as dropped (name)
