select
  {{account_columns}}
from public.users u
where u.deleted_at is null
  and (u.created_at, u.id) < (
    coalesce($2::timestamptz, 'infinity'),
    coalesce($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
  )
order by u.created_at desc, u.id desc
limit $1
