select count(*)::integer as count
from pg_prepared_statements
where name <> ''
  and $1::integer = 1
