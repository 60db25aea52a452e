select dropped.name
from public.drop_audit_log_partitions($1::integer) as dropped (name)
