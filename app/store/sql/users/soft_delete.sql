update public.users
set deleted_at = now(),
  password_hash = '',
  device_epoch = device_epoch + 1,
  updated_at = now(),
  version = version + 1
where id = $1
  and deleted_at is null
returning version
