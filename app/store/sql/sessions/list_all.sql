select
  id,
  ip,
  user_agent,
  created_at,
  last_seen_at,
  ended_at,
  end_cause
from public.sessions
where user_id = $4
  and (created_at, id) < (
    coalesce($2::timestamptz, 'infinity'),
    coalesce($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
  )
order by created_at desc, id desc
limit $1
