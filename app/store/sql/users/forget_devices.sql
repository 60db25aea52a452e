update public.users
set device_epoch = device_epoch + 1
where id = $1
  and deleted_at is null
