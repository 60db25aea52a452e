-- Only while the account is as it was when its password was checked. The lock makes this wait for a change under way;
-- a change that comes later finds the session and ends it.
insert into sessions (id, user_id, mac_key, token_hash, ip, user_agent, idle_expires_at, expires_at)
select
  $1::uuid,
  u.id,
  $3::bytea,
  $4::bytea,
  $5::text,
  $6::text,
  now() + least($7::float8, $8::float8) * interval '1 millisecond',
  now() + $8::float8 * interval '1 millisecond'
from users u
where u.id = $2
  and u.password_changed_at = $9::timestamptz
  and u.disabled_at is null
  and u.deleted_at is null
for share of u
returning id, ip, user_agent, created_at, last_seen_at
