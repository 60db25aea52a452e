select
  id,
  ip,
  user_agent,
  created_at,
  last_seen_at
from public.sessions
where user_id = $1
  and ended_at is null
  and idle_expires_at > now()
order by created_at desc, id desc
limit $2
