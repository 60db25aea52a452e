-- Inserts only if the account is unchanged since its password was checked. The lock waits for a concurrent change; a
-- later change finds the session and ends it. Beyond the maximum ($10), the oldest sessions end, up to $11 of them. The
-- snapshot does not contain the new session, hence one less. A session that another login is ending is skipped: logins
-- that wait for each other's rows would deadlock. The next login ends the surplus.
with opened as (
  insert into public.sessions (id, user_id, mac_key, token_hash, ip, user_agent, idle_expires_at, expires_at)
  select
    $1::uuid,
    u.id,
    $3::bytea,
    $4::bytea,
    $5::text,
    $6::text,
    now() + least($7::float8, $8::float8) * interval '1 millisecond',
    now() + $8::float8 * interval '1 millisecond'
  from public.users u
  where u.id = $2
    and u.password_changed_at = $9::timestamptz
    and u.disabled_at is null
    and u.deleted_at is null
  for share of u
  returning id, ip, user_agent, created_at, last_seen_at, auth_time
),
superseded as (
  update public.sessions
  set ended_at = now(),
    end_cause = 'superseded',
    idle_expires_at = least(date_trunc('milliseconds', now()), expires_at)
  where id = any (array(
      select id
      from public.sessions
      where id = any (array(
          select id
          from public.sessions
          where user_id = $2
            and ended_at is null
            and idle_expires_at > now()
            and exists (select from opened)
          order by created_at desc, id desc
          offset $10::integer - 1
          limit $11::integer
        ))
        and ended_at is null
      for update skip locked
    ))
  returning id
)
select
  id,
  ip,
  user_agent,
  created_at,
  last_seen_at,
  auth_time,
  to_json(array(select superseded.id from superseded)) as superseded
from opened
