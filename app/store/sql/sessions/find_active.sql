select
  s.id as session_id,
  s.idle_expires_at as expires_at,
  u.id,
  u.email,
  u.username,
  u.created_at,
  u.version,
  u.disabled_at is not null as disabled,
  to_json(array(
    select r.name
    from user_roles ur
    join roles r on r.id = ur.role_id
    where ur.user_id = u.id
    order by r.name
  )) as roles
from sessions s
join users u on u.id = s.user_id
where s.id = $1
  and s.ended_at is null
  and s.idle_expires_at > now()
  and u.deleted_at is null
