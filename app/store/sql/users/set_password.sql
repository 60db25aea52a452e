-- An older reset token must not replace a newer password.
with voided as (
  delete from public.password_resets
  where user_id = $1
)
update public.users
set password_hash = $2,
  password_changed_at = now(),
  device_epoch = device_epoch + 1,
  updated_at = now(),
  version = version + 1
where id = $1
  and deleted_at is null
returning version, device_epoch
