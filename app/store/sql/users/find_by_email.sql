select
  u.id,
  u.email,
  u.username,
  u.password_hash,
  u.version,
  u.created_at,
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
from users u
where u.email = $1
  and u.deleted_at is null
