select
  s.id as session_id,
  s.user_id,
  s.mac_key,
  s.token_hash,
  s.previous_hash,
  s.sealed_successor,
  s.counter,
  s.created_at as session_created_at,
  coalesce(s.auth_time, s.created_at) as auth_time,
  s.last_seen_at,
  s.idle_expires_at,
  s.expires_at,
  s.ended_at,
  s.end_cause,
  s.ip,
  s.user_agent,
  coalesce(s.client_counter = s.counter, false) as is_client_current,
  extract(epoch from clock_timestamp() - s.rotated_at) * 1000 as ms_since_rotation,
  s.ended_at is null and s.idle_expires_at > now() as is_active,
  {{account_columns}}
from public.sessions s
left join public.users u on u.id = s.user_id and u.deleted_at is null
where s.id = $1
