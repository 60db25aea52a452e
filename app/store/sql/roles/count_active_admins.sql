select count(*)::integer as admins
from roles r
join user_roles ur on ur.role_id = r.id
join users u on u.id = ur.user_id
where r.name = 'admin'
  and u.deleted_at is null
  and u.disabled_at is null
