select
  s.id as session_id,
  s.idle_expires_at as expires_at,
  u.version,
  u.disabled_at is not null as disabled,
  {{user_columns}}
from public.sessions s
join public.users u on u.id = s.user_id
where s.id = $1
  and s.ended_at is null
  and s.idle_expires_at > now()
  and u.deleted_at is null
