u.id,
  u.email,
  u.username,
  u.created_at,
  to_json(array(
    select r.name
    from public.user_roles ur
    join public.roles r on r.id = ur.role_id
    where ur.user_id = u.id
    order by r.name
  )) as roles
