update public.users
set disabled_at = case when $2::boolean then coalesce(disabled_at, now()) end,
  updated_at = now(),
  version = version + 1
where id = $1
  and deleted_at is null
returning version
