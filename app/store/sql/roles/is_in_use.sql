-- `order by` makes the planner use the index: it assumes that every role is as common as the role that all users have.
select count(*) > 0 as in_use
from (
  select ur.user_id
  from public.user_roles ur
  join public.users u on u.id = ur.user_id
  where ur.role_id = $1
    and u.deleted_at is null
  order by ur.user_id
  limit 1
) found
