select
  {{account_columns}},
  {{username_key}} as username_key
from public.users u
where u.deleted_at is null
  and {{username_key}} >= $2::text
  and {{username_key}} < $2::text || chr(1114111)
  and {{username_key}} > coalesce($3::text, '')
order by {{username_key}}
limit $1
