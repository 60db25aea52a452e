select
  id,
  ip,
  user_agent,
  created_at,
  last_seen_at,
  ended_at,
  end_cause
from sessions
where user_id = $1
order by created_at desc, id desc
