select id
from public.roles
where name = $1
for update
