select case when pg_is_in_recovery() then (pg_last_wal_replay_lsn() - '0/0')::text end as position
