-- The constraint users_username_look_alike refuses a name that looks like another one. An email that is taken violates its
-- index afterwards, which is then the answer.
with created as (
  insert into public.users (
    id, email, username, password_hash, username_key, username_skeleton, skeleton_version, skeleton_is_unique
  )
  values (
    $1, $2, $3, $4, $5, $6, $7,
    exists (
      select
      from public.users u
      where u.email = $2
        and u.deleted_at is null
    ) or not exists (
      select
      from public.users u
      where {{username_skeleton}} = $6
        and u.deleted_at is null
    )
  )
  returning id, created_at
), granted as (
  insert into public.user_roles (user_id, role_id)
  select created.id, roles.id
  from created, public.roles
  where roles.name = 'user'
)
select created_at
from created
