-- 1 is admin, the first role in 0001_init.sql. For its name the planner would estimate half of all users.
select count(*)::integer as admins
from public.user_roles ur
join public.users u on u.id = ur.user_id
where ur.role_id = 1
  and u.deleted_at is null
  and u.disabled_at is null
