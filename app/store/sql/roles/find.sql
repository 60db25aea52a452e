select built_in
from public.roles
where name = $1
