update public.users
set password_hash = $3
where id = $1
  and password_hash = $2
  and deleted_at is null
