-- Only the owner of the old address should have a token that was issued before.
with voided as (
  delete from public.password_resets
  where user_id = $1
    and $2::text is not null
)
update public.users
set email = coalesce($2, email),
  username = coalesce($3, username),
  updated_at = now(),
  version = version + 1
where id = $1
  and deleted_at is null
returning version
