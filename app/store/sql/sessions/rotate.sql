update sessions
set token_hash = $3,
  previous_hash = $2,
  sealed_successor = $4,
  counter = $5,
  rotated_at = clock_timestamp(),
  ip = $7::text,
  user_agent = $8::text,
  client_counter = $5,
  last_seen_at = now(),
  idle_expires_at = least(now() + $6::float8 * interval '1 millisecond', expires_at)
where id = $1
  and (token_hash = $2 or counter < $5 - 1)
  and ended_at is null
  and idle_expires_at > now()
returning id
