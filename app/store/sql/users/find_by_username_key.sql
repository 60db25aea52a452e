select
  {{account_columns}}
from public.users u
where {{username_key}} = $1
  and u.deleted_at is null
