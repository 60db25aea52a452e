-- Locks in the order of the last line: first the user, then the session, as every change of both does. A change that was
-- committed while this statement waited for a lock is seen, because Postgres checks the conditions again on the rows
-- that it locked.
select u.password_changed_at
from public.users u
join public.sessions s on s.user_id = u.id
where u.id = $1
  and u.disabled_at is null
  and u.deleted_at is null
  and s.id = $2
  and s.ended_at is null
  and s.idle_expires_at > now()
for no key update of u, s
