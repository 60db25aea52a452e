insert into sessions (id, user_id, mac_key, token_hash, ip, user_agent, idle_expires_at, expires_at)
values (
  $1, $2, $3, $4, $5, $6,
  now() + least($7::float8, $8::float8) * interval '1 millisecond',
  now() + $8::float8 * interval '1 millisecond'
)
returning id, ip, user_agent, created_at, last_seen_at
