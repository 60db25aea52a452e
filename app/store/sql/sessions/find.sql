select
  s.id,
  s.user_id,
  s.mac_key,
  s.token_hash,
  s.previous_hash,
  s.sealed_successor,
  s.counter,
  s.created_at,
  s.last_seen_at,
  s.idle_expires_at,
  s.expires_at,
  s.ended_at,
  s.end_cause,
  s.ip,
  s.user_agent,
  (extract(epoch from clock_timestamp() - s.rotated_at) * 1000)::float8 as ms_since_rotation,
  s.ended_at is null and s.idle_expires_at > now() as is_active,
  u.id as account_id,
  u.email,
  u.username,
  u.password_hash,
  u.version,
  u.created_at as account_created_at,
  u.updated_at,
  u.password_changed_at,
  u.device_epoch,
  u.disabled_at,
  to_json(array(
    select r.name
    from user_roles ur
    join roles r on r.id = ur.role_id
    where ur.user_id = u.id
    order by r.name
  )) as roles
from sessions s
left join users u on u.id = s.user_id and u.deleted_at is null
where s.id = $1
