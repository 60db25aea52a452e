select public.create_login_history_partitions($1::integer) as created
