update public.sessions
set auth_time = now()
where id = $1
  and ended_at is null
  and idle_expires_at > now()
returning auth_time
