select
  {{account_columns}}
from public.users u
where u.deleted_at is null
  and lower(u.username collate "C") >= $2::text
  and lower(u.username collate "C") < $2::text || chr(1114111)
  and lower(u.username collate "C") > coalesce($3::text, '')
order by lower(u.username collate "C")
limit $1
