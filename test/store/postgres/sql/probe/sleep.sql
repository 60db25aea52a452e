select 'done' as answer, pg_sleep($1::float8)::text as nothing
