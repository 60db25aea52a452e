-- As lock_caller. The row of user_roles is locked too: of a table without a lock, the statement would see the state at
-- its start, and a role that was revoked while it waited for the user would still be there.
select u.password_changed_at
from public.users u
join public.sessions s on s.user_id = u.id
join public.user_roles ur on ur.user_id = u.id
join public.roles r on r.id = ur.role_id
where u.id = $1
  and u.disabled_at is null
  and u.deleted_at is null
  and s.id = $2
  and s.ended_at is null
  and s.idle_expires_at > now()
  and r.name = $3
for no key update of u, s, ur
