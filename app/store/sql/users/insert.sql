with created as (
  insert into public.users (id, email, username, password_hash)
  values ($1, $2, $3, $4)
  returning id, created_at
), granted as (
  insert into public.user_roles (user_id, role_id)
  select created.id, roles.id
  from created, public.roles
  where roles.name = 'user'
)
select created_at
from created
