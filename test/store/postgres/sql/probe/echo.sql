select $1::text as said_it, pg_backend_pid() as backend_pid
