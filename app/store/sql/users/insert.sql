with created as (
  insert into users (id, email, username, password_hash)
  values ($1, $2, $3, $4)
  returning id, created_at
), granted as (
  insert into user_roles (user_id, role_id)
  select created.id, roles.id
  from created, roles
  where roles.name = 'user'
)
select created_at
from created
