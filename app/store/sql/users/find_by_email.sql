select
  {{account_columns}}
from public.users u
where u.email = $1
  and u.deleted_at is null
