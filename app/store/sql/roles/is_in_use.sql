select exists (
  select
  from user_roles ur
  join users u on u.id = ur.user_id
  where ur.role_id = $1
    and u.deleted_at is null
) as in_use
