select dropped.name
from drop_audit_log_partitions($1::integer) as dropped (name)
