-- Only the owner of the old address should have a token that was issued before.
-- The constraint users_username_look_alike refuses a new name that looks like another one.
with voided as (
  delete from public.password_resets
  where user_id = $1
    and $2::text is not null
), before as (
  select {{username_skeleton}} as skeleton
  from public.users u
  where u.id = $1
)
update public.users
set email = coalesce($2, email),
  username = coalesce($3, username),
  username_key = coalesce($4, username_key),
  username_skeleton = coalesce($5, username_skeleton),
  skeleton_version = coalesce($6, skeleton_version),
  skeleton_is_unique = case
    when $5::text is null or $5 = (select skeleton from before) then skeleton_is_unique
    else not exists (
      select
      from public.users u
      where {{username_skeleton}} = $5
        and u.id <> $1
        and u.deleted_at is null
    )
  end,
  updated_at = now(),
  version = version + 1
where id = $1
  and deleted_at is null
returning version
