select
  {{account_columns}}
from public.users u
where u.deleted_at is null
  and u.email >= $2::text
  and u.email < $2::text || chr(1114111)
  and u.email > coalesce($3::text, '')
order by u.email
limit $1
