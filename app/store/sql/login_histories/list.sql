select
  id,
  occurred_at,
  user_id,
  outcome,
  reason,
  ip,
  user_agent,
  session_id
from public.login_histories
where (occurred_at, id) < (
    coalesce($2::timestamptz, 'infinity'),
    coalesce($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
  )
order by occurred_at desc, id desc
limit $1
