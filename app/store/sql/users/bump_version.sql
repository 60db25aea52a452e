update public.users
set version = version + 1,
  updated_at = now()
where id = $1
  and deleted_at is null
returning version
