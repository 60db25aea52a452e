-- Only the owner of the old address should have a token that was issued before.
-- Changes nothing, and returns no version, if the new name looks like another one.
with before as (
  select u.id, {{username_skeleton}} as skeleton
  from public.users u
  where u.id = $1
    and u.deleted_at is null
), allowed as (
  select before.id, $5 = before.skeleton as is_same
  from before
  where $5::text is null
    or $5 = before.skeleton
    or not exists (
      select
      from public.users u
      where {{username_skeleton}} = $5
        and u.id <> before.id
        and u.deleted_at is null
    )
), voided as (
  delete from public.password_resets
  using allowed
  where user_id = allowed.id
    and $2::text is not null
), updated as (
  update public.users
  set email = coalesce($2, email),
    username = coalesce($3, username),
    username_key = coalesce($4, username_key),
    username_skeleton = coalesce($5, username_skeleton),
    skeleton_version = coalesce($6, skeleton_version),
    -- A skeleton that stays the same may also be that of another account.
    skeleton_is_unique = case when coalesce(allowed.is_same, true) then skeleton_is_unique else true end,
    updated_at = now(),
    version = version + 1
  from allowed
  where users.id = allowed.id
    and deleted_at is null
  returning version
)
select updated.version
from before
left join updated on true
