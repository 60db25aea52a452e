-- 1 is admin, the first role in 0001_init.sql. For its name the planner would estimate half of all users.
select
  {{account_columns}}
from public.user_roles ur
join public.users u on u.id = ur.user_id
where ur.role_id = 1
  and u.deleted_at is null
  and (u.created_at, u.id) < (
    coalesce($2::timestamptz, 'infinity'),
    coalesce($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
  )
order by u.created_at desc, u.id desc
limit $1
