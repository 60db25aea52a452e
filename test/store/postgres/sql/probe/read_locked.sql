select count(*)::integer as rows
from probe_locked
where id >= $1::integer
