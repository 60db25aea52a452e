insert into public.password_resets (user_id, token_hash, created_by, expires_at)
values ($1, $2, $4, now() + $3::float8 * interval '1 millisecond')
on conflict (user_id) do update
set token_hash = excluded.token_hash,
  created_by = excluded.created_by,
  created_at = now(),
  expires_at = excluded.expires_at
returning expires_at
