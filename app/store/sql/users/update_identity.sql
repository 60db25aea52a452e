update users
set email = coalesce($2, email),
  username = coalesce($3, username),
  updated_at = now(),
  version = version + 1
where id = $1
  and deleted_at is null
returning version
