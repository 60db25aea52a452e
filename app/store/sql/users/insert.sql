-- Adds nothing if the name looks like another one. An email that is taken violates its index first, which is the answer
-- then. No check constraint does this: Postgres would log the whole row that violates it, with its hash.
with created as (
  insert into public.users (
    id, email, username, password_hash, username_key, username_skeleton, skeleton_version, skeleton_is_unique
  )
  select $1::uuid, $2::text, $3::text, $4::text, $5::text, $6::text, $7::smallint, true
  where exists (
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
  returning id, created_at
), granted as (
  insert into public.user_roles (user_id, role_id)
  select created.id, roles.id
  from created, public.roles
  where roles.name = 'user'
)
select created_at
from created
