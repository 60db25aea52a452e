select public.create_audit_log_partitions($1::integer) as created
