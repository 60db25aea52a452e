select
  {{account_columns}}
from public.users u
where u.id = $1
  and u.deleted_at is null
for update of u
